package org.vsekai.nebula.ledger;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import org.vsekai.nebula.ledger.consensus.Member;
import org.vsekai.nebula.ledger.consensus.MemberConfig;
import org.vsekai.nebula.ledger.consensus.MemberStartException;
import org.vsekai.nebula.ledger.consensus.MemberStatus;
import org.vsekai.nebula.ledger.log.LogMetrics;
import org.vsekai.nebula.ledger.machine.LedgerMachine;

/** A member and the state machine that it feeds. */
final class MemberLedger implements Ledger {
    private final LedgerMachine machine;
    private final Member member;
    private final Requests requests;

    MemberLedger(MemberConfig config, LedgerLimits limits) throws MemberStartException {
        machine = new LedgerMachine(System::nanoTime);
        member = Member.start(config, machine);
        requests = new Requests(member::propose, member::barrier, machine, limits);
        member.onStatus(status -> {
            if (status.role() == MemberStatus.Role.HALTED) {
                machine.stopWatches();
            }
        });
    }

    @Override
    public CompletionStage<Result> execute(RequestId id, Command command, Duration timeout) {
        return requests.execute(id, command, timeout);
    }

    @Override
    public <T> CompletionStage<T> read(Consistency consistency, Duration timeout, Function<LedgerView, T> query) {
        return requests.read(consistency, timeout, query);
    }

    @Override
    public Watch watch(WatchFilter filter, WatchListener listener, int maxQueued) {
        return machine.watch(filter, listener, maxQueued);
    }

    @Override
    public MemberStatus status() {
        return member.status();
    }

    @Override
    public void onStatus(Consumer<MemberStatus> listener) {
        member.onStatus(listener);
    }

    @Override
    public LogMetrics logMetrics() {
        return member.logMetrics();
    }

    @Override
    public CompletionStage<Void> snapshot() {
        return member.snapshot();
    }

    @Override
    public CompletionStage<Void> addMember(String id) {
        return member.addMember(id);
    }

    @Override
    public CompletionStage<Void> removeMember(String id) {
        return member.removeMember(id);
    }

    @Override
    public void close() {
        requests.close();
        machine.stopWatches();
        member.close();
    }
}
