package org.vsekai.nebula.system;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.vsekai.nebula.parts.FreePorts;

/** VersityGW, an S3 server over a folder, as a child process. The folder's file system must know extended attributes. */
final class S3Gateway implements AutoCloseable {
    /** What a store takes its keys from. */
    static final Map<String, String> CREDENTIALS = Map.of("S3_ACCESS_KEY", "nebula", "S3_SECRET_KEY", "quite-secret");

    private static final String BUCKET = "games";

    private final int port;
    private final Process process;

    /** @param folder for all that it needs, empty */
    S3Gateway(Path folder) throws IOException, InterruptedException {
        Peer gateway = Peer.find("versitygw");
        Path buckets = folder.resolve("data");
        Files.createDirectories(buckets.resolve(BUCKET));
        port = FreePorts.find();
        process = new ProcessBuilder(
                        gateway.program().toString(),
                        "--quiet",
                        "--keep-alive",
                        "--port",
                        "127.0.0.1:" + port,
                        "--access",
                        CREDENTIALS.get("S3_ACCESS_KEY"),
                        "--secret",
                        CREDENTIALS.get("S3_SECRET_KEY"),
                        "posix",
                        buckets.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("gateway.log").toFile())
                .start();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!answers()) {
            if (!process.isAlive() || System.nanoTime() > end) {
                close();
                throw new IOException(
                        "the S3 server does not start: " + Files.readString(folder.resolve("gateway.log")));
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    private boolean answers() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", port), 1_000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** As asset-store takes it. */
    String url() {
        return "s3://" + BUCKET + "/nebula?endpoint=http://127.0.0.1:" + port + "&region=us-east-1&lookup=path";
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
