package org.vsekai.nebula.ledger.log;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * The file that becomes the next segment, written ahead on a thread of its own so that no append waits for it. Small segments
 * are written where they are needed. Used by one thread at a time.
 */
final class SpareSegment {
    private static final long AHEAD_FROM_BYTES = 1 << 20;

    private final LogFolder folder;
    private final Path temporary;
    private final long size;
    private @Nullable FutureTask<Void> task;

    SpareSegment(LogFolder folder, long size) {
        this.folder = folder;
        this.temporary = folder.temporary("segment");
        this.size = size;
    }

    /** Begins to write one, if that is worth a thread and not yet done. */
    void prepare() {
        if (task == null && size >= AHEAD_FROM_BYTES) {
            FutureTask<Void> begun = new FutureTask<>(() -> {
                Segment.prepare(folder, temporary, size);
                return null;
            });
            task = begun;
            Thread.ofPlatform().daemon().name("ledger-segment").start(begun);
        }
    }

    /** The temporary, written whole and durable; the caller publishes it. */
    Path take() throws IOException {
        FutureTask<Void> begun = task;
        task = null;
        if (begun == null) {
            Segment.prepare(folder, temporary, size);
        } else {
            await(begun);
        }
        return temporary;
    }

    /** Waits for what was begun, whatever comes of it. */
    void close() throws IOException {
        FutureTask<Void> begun = task;
        task = null;
        if (begun != null) {
            await(begun);
        }
    }

    private static void await(FutureTask<Void> begun) throws IOException {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    begun.get();
                    return;
                } catch (InterruptedException e) {
                    // An append cannot be left half way; the interrupt is handed on afterwards.
                    interrupted = true;
                } catch (ExecutionException e) {
                    if (e.getCause() instanceof IOException cause) {
                        throw cause;
                    }
                    throw new IllegalStateException(e.getCause());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
