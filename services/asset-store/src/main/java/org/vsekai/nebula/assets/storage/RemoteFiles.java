package org.vsekai.nebula.assets.storage;

import io.quarkus.virtual.threads.VirtualThreads;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jboss.logging.Logger;
import org.vsekai.nebula.kit.problem.ProblemException;
import org.vsekai.nebula.kit.problem.RouteProblems;
import org.vsekai.nebula.stores.ObjectMissingException;
import org.vsekai.nebula.stores.ObjectStream;

/**
 * Sends parts of files that are not on this machine, from the store's connection to the caller's, a buffer at a time: the next
 * is read when the caller has room for it. Thread-safe.
 */
@ApplicationScoped
class RemoteFiles {
    private static final Logger LOG = Logger.getLogger(RemoteFiles.class);
    private static final int BUFFER = 64 << 10;

    private final StoreFolder store;
    private final RouteProblems problems;
    private final ExecutorService threads;
    private final WorkSlots slots;
    private final long stallMillis;

    RemoteFiles(
            StoreFolder store, RouteProblems problems, StoreConfig config, @VirtualThreads ExecutorService threads) {
        this.store = store;
        this.problems = problems;
        this.threads = threads;
        this.slots = new WorkSlots(config.maxConcurrentStreams(), config.maxWait());
        this.stallMillis = config.callerStall().toMillis();
    }

    /** Answers with the part; head and status are set. */
    void send(RoutingContext context, StoredFile file, ByteRange part) {
        threads.execute(() -> {
            try (WorkSlots.Slot slot = slots.acquire();
                    ObjectStream stream = store.objects().open(file.object(), part.first(), part.length())) {
                copy(stream, context.response());
            } catch (ObjectMissingException e) {
                fail(context, ProblemException.notFound("NOT_FOUND", "The store does not hold " + file.object() + "."));
            } catch (IOException | RuntimeException e) {
                fail(context, e);
            }
        });
    }

    private void copy(ObjectStream stream, HttpServerResponse response) throws IOException {
        byte[] buffer = new byte[BUFFER];
        try {
            for (int n = stream.read(buffer); n >= 0; n = stream.read(buffer)) {
                // Done when the bytes are on their way, so at most one buffer waits here.
                response.write(Buffer.buffer(n).appendBytes(buffer, 0, n))
                        .toCompletionStage()
                        .toCompletableFuture()
                        .get(stallMillis, TimeUnit.MILLISECONDS);
            }
            response.end().toCompletionStage().toCompletableFuture().get(stallMillis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the service is shutting down");
        } catch (ExecutionException e) {
            throw new IOException("the caller went away", e.getCause());
        } catch (TimeoutException e) {
            throw new IOException("the caller took nothing for " + stallMillis + " ms", e);
        }
    }

    private void fail(RoutingContext context, Exception failure) {
        context.vertx().runOnContext(ignored -> {
            if (context.response().ended() || context.response().closed()) {
                return;
            }
            if (context.response().headWritten()) {
                // Only a broken answer says that the body is not whole.
                LOG.warnf("%s broke off: %s", context.normalizedPath(), failure);
                boolean unused = context.response().reset();
                return;
            }
            // What stands there is about the file, and would let a cache keep the problem for a year.
            context.response().headers().clear();
            problems.answer(context, failure);
        });
    }
}
