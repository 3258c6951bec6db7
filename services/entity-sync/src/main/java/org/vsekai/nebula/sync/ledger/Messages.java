package org.vsekai.nebula.sync.ledger;

import static org.vsekai.nebula.kit.time.Timestamps.timestamp;

import java.time.Duration;
import org.vsekai.nebula.api.ledger.v1.ClaimEnded;
import org.vsekai.nebula.api.ledger.v1.CounterEvent;
import org.vsekai.nebula.api.ledger.v1.IntentEvent;
import org.vsekai.nebula.api.ledger.v1.IntentState;
import org.vsekai.nebula.api.ledger.v1.LeaseEnd;
import org.vsekai.nebula.api.ledger.v1.LeaseEnded;
import org.vsekai.nebula.api.ledger.v1.LeaseEvent;
import org.vsekai.nebula.kit.paging.Page;
import org.vsekai.nebula.ledger.Change;
import org.vsekai.nebula.ledger.Claim;
import org.vsekai.nebula.ledger.Counter;
import org.vsekai.nebula.ledger.Intent;
import org.vsekai.nebula.ledger.Lease;

/** The ledger's values as gRPC messages. */
final class Messages {
    private Messages() {}

    static org.vsekai.nebula.api.ledger.v1.Counter counter(String name, long value) {
        return org.vsekai.nebula.api.ledger.v1.Counter.newBuilder()
                .setName(name)
                .setValue(value)
                .build();
    }

    static org.vsekai.nebula.api.ledger.v1.Counter counter(Counter counter) {
        return counter(counter.name(), counter.value());
    }

    /** @param remaining of its time to live */
    static org.vsekai.nebula.api.ledger.v1.Lease lease(Lease lease, Duration remaining) {
        return org.vsekai.nebula.api.ledger.v1.Lease.newBuilder()
                .setName(lease.name())
                .setHolder(lease.holder())
                .setToken(lease.token())
                .setTimeToLive(duration(lease.ttl()))
                .setRemaining(duration(remaining))
                .setAcquiredAt(timestamp(lease.acquiredAt()))
                .build();
    }

    static org.vsekai.nebula.api.ledger.v1.Claim claim(Claim claim) {
        return org.vsekai.nebula.api.ledger.v1.Claim.newBuilder()
                .setResource(claim.resource())
                .setLease(claim.lease())
                .setToken(claim.token())
                .setLeaseToken(claim.leaseToken())
                .build();
    }

    static org.vsekai.nebula.api.ledger.v1.Intent intent(Intent intent, boolean orphaned) {
        org.vsekai.nebula.api.ledger.v1.Intent.Builder message = org.vsekai.nebula.api.ledger.v1.Intent.newBuilder()
                .setId(intent.id().toString())
                .setKind(intent.kind())
                .setWriter(intent.writer())
                .setLease(intent.lease())
                .setLeaseToken(intent.leaseToken())
                .addAllCovers(intent.covers())
                .setToken(intent.token())
                .setState(state(intent.state()))
                .setReason(intent.reason().orElse(""))
                .setBegunAt(timestamp(intent.begunAt()))
                .setOrphaned(orphaned);
        intent.finishedAt().ifPresent(time -> message.setFinishedAt(timestamp(time)));
        return message.build();
    }

    private static IntentState state(Intent.State state) {
        return switch (state) {
            case PENDING -> IntentState.INTENT_STATE_PENDING;
            case COMMITTED -> IntentState.INTENT_STATE_COMMITTED;
            case ABORTED -> IntentState.INTENT_STATE_ABORTED;
        };
    }

    static CounterEvent counterEvent(long index, Change change) {
        CounterEvent.Builder event = CounterEvent.newBuilder().setIndex(index);
        return switch (change) {
            case Change.CounterSet set ->
                event.setCounter(counter(set.counter())).build();
            case Change.LeaseSet _,
                    Change.LeaseEnded _,
                    Change.ClaimSet _,
                    Change.ClaimEnded _,
                    Change.IntentSet _,
                    Change.IntentDropped _ -> throw unwatched(change);
        };
    }

    static LeaseEvent leaseEvent(long index, Change change) {
        LeaseEvent.Builder event = LeaseEvent.newBuilder().setIndex(index);
        return switch (change) {
            case Change.LeaseSet set ->
                event.setLease(lease(set.lease(), set.lease().ttl())).build();
            case Change.LeaseEnded ended ->
                event.setLeaseEnded(LeaseEnded.newBuilder()
                                .setName(ended.lease())
                                .setToken(ended.token())
                                .setEnd(
                                        switch (ended.end()) {
                                            case EXPIRED -> LeaseEnd.LEASE_END_EXPIRED;
                                            case RELEASED -> LeaseEnd.LEASE_END_RELEASED;
                                            case REPLACED -> LeaseEnd.LEASE_END_REPLACED;
                                        }))
                        .build();
            case Change.ClaimSet set -> event.setClaim(claim(set.claim())).build();
            case Change.ClaimEnded ended ->
                event.setClaimEnded(ClaimEnded.newBuilder()
                                .setResource(ended.resource())
                                .setToken(ended.token()))
                        .build();
            case Change.CounterSet _, Change.IntentSet _, Change.IntentDropped _ -> throw unwatched(change);
        };
    }

    static IntentEvent intentEvent(long index, Change change) {
        IntentEvent.Builder event = IntentEvent.newBuilder().setIndex(index);
        return switch (change) {
            case Change.IntentSet set ->
                event.setIntent(intent(set.intent(), false)).build();
            case Change.IntentDropped dropped ->
                event.setForgotten(dropped.id().toString()).build();
            case Change.CounterSet _, Change.LeaseSet _, Change.LeaseEnded _, Change.ClaimSet _, Change.ClaimEnded _ ->
                throw unwatched(change);
        };
    }

    private static IllegalStateException unwatched(Change change) {
        return new IllegalStateException("a watch tells " + change + ", which it does not watch");
    }

    static String token(Page<?> page) {
        String next = page.next();
        return next == null ? "" : next;
    }

    static com.google.protobuf.Duration duration(Duration duration) {
        return com.google.protobuf.Duration.newBuilder()
                .setSeconds(duration.getSeconds())
                .setNanos(duration.getNano())
                .build();
    }
}
