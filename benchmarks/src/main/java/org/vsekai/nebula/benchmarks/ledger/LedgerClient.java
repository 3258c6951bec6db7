package org.vsekai.nebula.benchmarks.ledger;

import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.vsekai.nebula.api.ledger.v1.AddToCounterRequest;
import org.vsekai.nebula.api.ledger.v1.CompareAndSetCounterRequest;
import org.vsekai.nebula.api.ledger.v1.CountersGrpc;

/** Counting with the ledger, every write with a request id of its own. */
final class LedgerClient implements Client {
    private final Connection connection;

    LedgerClient(int port, String token) {
        connection = new Connection(port, token);
    }

    @Override
    public Operation hot(String name) {
        return deadline -> connection
                .call(
                        CountersGrpc.getAddToCounterMethod(),
                        AddToCounterRequest.newBuilder()
                                .setRequestId(UUID.randomUUID().toString())
                                .setName(name)
                                .setDelta(1)
                                .build(),
                        deadline)
                .thenApply(counter -> null);
    }

    @Override
    public Operation distinct(String name) {
        return new Counting(name);
    }

    private final class Counting implements Operation {
        private final String name;
        private long value;

        Counting(String name) {
            this.name = name;
        }

        @Override
        public CompletableFuture<Void> run(Duration deadline) {
            CompareAndSetCounterRequest request = CompareAndSetCounterRequest.newBuilder()
                    .setRequestId(UUID.randomUUID().toString())
                    .setName(name)
                    .setExpected(value)
                    .setValue(value + 1)
                    .build();
            return connection
                    .call(CountersGrpc.getCompareAndSetCounterMethod(), request, deadline)
                    .thenCompose(answer -> {
                        value = answer.getCounter().getValue();
                        return answer.getSwapped() ? CompletableFuture.completedFuture(null) : run(deadline);
                    });
        }
    }

    @Override
    public void close() {
        connection.close();
    }
}
