package org.vsekai.nebula.kit.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.vsekai.nebula.kit.problem.ProblemException;

class ServedCallTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    /** A call whose transport state the test sets. */
    private static final class Call extends ServerCall<Object, Object> {
        private volatile boolean ready;
        private volatile boolean cancelled;

        @Override
        public boolean isReady() {
            return ready;
        }

        @Override
        public boolean isCancelled() {
            return cancelled;
        }

        @Override
        public void request(int numMessages) {}

        @Override
        public void sendHeaders(Metadata headers) {}

        @Override
        public void sendMessage(Object message) {}

        @Override
        public void close(Status status, Metadata trailers) {}

        @Override
        public MethodDescriptor<Object, Object> getMethodDescriptor() {
            throw new UnsupportedOperationException();
        }
    }

    private final Call call = new Call();
    private final ServedCall served = new ServedCall(call, null);

    @Test
    void readyCallDoesNotWait() {
        call.ready = true;
        assertThatCode(() -> served.await(Duration.ZERO)).doesNotThrowAnyException();
    }

    @Test
    void producerWaitsUntilTheCallerTakesMore() throws Exception {
        CompletableFuture<Void> waiting = CompletableFuture.runAsync(() -> served.await(LONG));
        served.signal();
        assertThat(waiting).isNotDone();
        call.ready = true;
        served.signal();
        waiting.get(10, TimeUnit.SECONDS);
    }

    @Test
    void producerStopsWhenTheCallerGoesAway() {
        CompletableFuture<Void> waiting = CompletableFuture.runAsync(() -> served.await(LONG));
        call.cancelled = true;
        served.signal();
        assertThatThrownBy(waiting::join).hasRootCauseInstanceOf(CancellationException.class);
    }

    @Test
    void callerThatTakesNothingForTooLongIsGivenUp() {
        assertThatThrownBy(() -> served.await(Duration.ofMillis(20)))
                .isInstanceOfSatisfying(ProblemException.class, problem -> assertThat(problem.code())
                        .isEqualTo("CALLER_STALLED"));
    }
}
