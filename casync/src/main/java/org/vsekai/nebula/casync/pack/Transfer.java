package org.vsekai.nebula.casync.pack;

import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.casync.CasyncException;

/**
 * One request for frames of a pack, sent in the background at once. Not thread-safe, but for the thread of its own that
 * fills the memory.
 */
final class Transfer implements AutoCloseable {
    private final PackPlan.Fetch fetch;
    private final Block block;
    private final Set<PackFrame> left;
    private final Thread thread;
    private volatile @Nullable Throwable failure;

    Transfer(PackPlan.Fetch fetch) {
        this.fetch = fetch;
        this.left = new HashSet<>(fetch.frames());
        this.block = new Block(fetch.length());
        this.thread = Thread.ofVirtual().name("pack").start(this::receive);
    }

    private void receive() {
        try {
            fetch.offer().pack().read(fetch.offset(), block.bytes().duplicate());
        } catch (CasyncException | Error e) {
            failure = e;
        }
    }

    boolean brings(PackOffer offer, PackFrame frame) {
        return fetch.offer().equals(offer) && left.contains(frame);
    }

    /** Waits for the end of the request; false when it has failed. */
    boolean await() throws InterruptedException {
        thread.join();
        if (failure instanceof Error error) {
            throw error;
        }
        return failure == null;
    }

    /** The bytes of a frame, after a successful {@link #await}, from the buffer's position to its limit. */
    ByteBuffer frame(PackFrame frame) {
        int start = Math.toIntExact(frame.offset() - fetch.offset());
        return block.bytes().duplicate().limit(start + frame.length()).position(start);
    }

    /** Counts a frame as used; true when it was the last. */
    boolean use(PackFrame frame) {
        left.remove(frame);
        return left.isEmpty();
    }

    /** Ends the request if it is under way, and gives the memory back. */
    @Override
    public void close() {
        boolean interrupted = false;
        thread.interrupt();
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true; // the memory must not go while the thread writes to it
            }
        }
        block.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
