package org.vsekai.nebula.benchmarks.ledger;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.vsekai.nebula.benchmarks.ledger.etcd.Compare;
import org.vsekai.nebula.benchmarks.ledger.etcd.KVGrpc;
import org.vsekai.nebula.benchmarks.ledger.etcd.KeyValue;
import org.vsekai.nebula.benchmarks.ledger.etcd.PutRequest;
import org.vsekai.nebula.benchmarks.ledger.etcd.RangeRequest;
import org.vsekai.nebula.benchmarks.ledger.etcd.RequestOp;
import org.vsekai.nebula.benchmarks.ledger.etcd.TxnRequest;
import org.vsekai.nebula.benchmarks.ledger.etcd.TxnResponse;

/** Counting with etcd: a transaction puts the number if the key is as it was last seen, and else answers how it is. */
final class EtcdClient implements Client {
    private final Connection connection;

    EtcdClient(int port) {
        connection = new Connection(port, "");
    }

    /** etcd knows no addition, so it is the same; with others at the key, most transactions answer how it is. */
    @Override
    public Operation hot(String name) {
        return distinct(name);
    }

    @Override
    public Operation distinct(String name) {
        return new Counting(ByteString.copyFromUtf8(name));
    }

    private final class Counting implements Operation {
        private final ByteString key;
        private long revision;
        private long value;

        Counting(ByteString key) {
            this.key = key;
        }

        @Override
        public CompletableFuture<Void> run(Duration deadline) {
            TxnRequest request = TxnRequest.newBuilder()
                    .addCompare(Compare.newBuilder()
                            .setTarget(Compare.CompareTarget.MOD)
                            .setKey(key)
                            .setModRevision(revision))
                    .addSuccess(RequestOp.newBuilder()
                            .setRequestPut(PutRequest.newBuilder()
                                    .setKey(key)
                                    .setValue(ByteString.copyFromUtf8(Long.toString(value + 1)))))
                    .addFailure(RequestOp.newBuilder()
                            .setRequestRange(RangeRequest.newBuilder().setKey(key)))
                    .build();
            return connection.call(KVGrpc.getTxnMethod(), request, deadline).thenCompose(answer -> {
                if (answer.getSucceeded()) {
                    value++;
                    revision = answer.getHeader().getRevision();
                    return CompletableFuture.completedFuture(null);
                }
                learn(answer);
                return run(deadline);
            });
        }

        private void learn(TxnResponse answer) {
            if (answer.getResponses(0).getResponseRange().getKvsCount() == 0) {
                revision = 0;
                value = 0;
                return;
            }
            KeyValue found = answer.getResponses(0).getResponseRange().getKvs(0);
            revision = found.getModRevision();
            value = Long.parseLong(found.getValue().toStringUtf8());
        }
    }

    @Override
    public void close() {
        connection.close();
    }
}
