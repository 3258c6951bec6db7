package org.vsekai.nebula.stores;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/** A line to a server on this machine that can be made to break or to stand still. */
public final class Relay implements AutoCloseable {
    /** Bytes that went to the server, and that came from it, over all connections. */
    public final AtomicLong up = new AtomicLong();

    public final AtomicLong down = new AtomicLong();

    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final CountDownLatch limitReached = new CountDownLatch(1);
    private final int target;
    private volatile long upLimit = Long.MAX_VALUE;
    private volatile long downLimit = Long.MAX_VALUE;
    private volatile boolean stalls;

    public Relay(int target) throws IOException {
        this.target = target;
        threads.submit(() -> {
            while (true) {
                Socket client = listener.accept();
                threads.submit(() -> connect(client));
            }
        });
    }

    public int port() {
        return listener.getLocalPort();
    }

    /** Breaks every connection as soon as so many more bytes went to the server. */
    public void cutAfterUp(long bytes) {
        upLimit = up.get() + bytes;
    }

    /** Breaks every connection as soon as so many more bytes came from the server. */
    public void cutAfterDown(long bytes) {
        downLimit = down.get() + bytes;
    }

    /** Lets nothing through any more after so many more bytes came from the server. */
    public void stallAfterDown(long bytes) {
        stalls = true;
        downLimit = down.get() + bytes;
    }

    /** Lets nothing through any more after so many more bytes went to the server. */
    public void stallAfterUp(long bytes) {
        stalls = true;
        upLimit = up.get() + bytes;
    }

    /** Waits until a limit is reached. */
    public void awaitLimit() throws InterruptedException {
        if (!limitReached.await(30, java.util.concurrent.TimeUnit.SECONDS)) {
            throw new AssertionError("nothing came as far as the limit");
        }
    }

    /** Works again. */
    public void repair() {
        upLimit = Long.MAX_VALUE;
        downLimit = Long.MAX_VALUE;
        stalls = false;
    }

    private Void connect(Socket client) throws IOException {
        sockets.add(client);
        Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
        sockets.add(server);
        threads.submit(() -> copy(client, server, true));
        threads.submit(() -> copy(server, client, false));
        return null;
    }

    private Void copy(Socket from, Socket to, boolean isUp) throws IOException, InterruptedException {
        AtomicLong count = isUp ? up : down;
        byte[] buffer = new byte[1 << 14];
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                if (count.addAndGet(n) > (isUp ? upLimit : downLimit)) {
                    limitReached.countDown();
                    if (!stalls) {
                        return null;
                    }
                    closed.await();
                }
                out.write(buffer, 0, n);
            }
            return null;
        } finally {
            sockets.remove(from);
            sockets.remove(to);
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : sockets) {
            socket.close();
        }
        closed.countDown();
        threads.shutdownNow();
    }
}
