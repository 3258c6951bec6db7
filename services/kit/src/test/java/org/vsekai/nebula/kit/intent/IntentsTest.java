package org.vsekai.nebula.kit.intent;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import io.smallrye.mutiny.subscription.UniEmitter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.vsekai.nebula.kit.ledger.BeginAnswer;
import org.vsekai.nebula.kit.ledger.FinishAnswer;
import org.vsekai.nebula.kit.testing.ScriptedLedger;

/** Whose business an intent is when its caller goes away. */
class IntentsTest {
    private final UUID id = UUID.randomUUID();
    private final List<UniEmitter<? super BeginAnswer>> begins = new ArrayList<>();
    private final Intents intents = new Intents(
            new ScriptedLedger() {
                @Override
                public Uni<BeginAnswer> beginIntent(
                        UUID requestId,
                        UUID intent,
                        String kind,
                        String writer,
                        String lease,
                        long leaseToken,
                        Collection<String> covers) {
                    return Uni.createFrom().emitter(begins::add);
                }

                @Override
                public Uni<FinishAnswer> commitIntent(UUID requestId, UUID intent, long token) {
                    return Uni.createFrom().item(new FinishAnswer.Finished(true));
                }
            },
            new ScriptedLease(),
            new SimpleMeterRegistry(),
            new ScriptedConfig());
    private final ScriptedResolver resolver = new ScriptedResolver("publish");

    @Test
    void intentWhoseCallerGoesAwayWhileItIsAnnouncedIsLeftToRecovery() {
        Cancellable write = intents.write(
                        resolver, id, List.of(), intent -> Uni.createFrom().item("done"))
                .subscribe()
                .with(done -> {}, failure -> {});
        assertThat(begins).hasSize(1);
        assertThat(intents.isUnderWay(id)).isTrue();

        write.cancel();
        assertThat(intents.isUnderWay(id)).isFalse();
    }

    @Test
    void intentThatCannotBeAnnouncedIsNobodysBusiness() {
        var begun = intents.begin(resolver, id, List.of()).subscribeAsCompletionStage();
        begins.getFirst().fail(new IllegalStateException("no ledger"));
        assertThat(begun).isCompletedExceptionally();
        assertThat(intents.isUnderWay(id)).isFalse();
    }

    @Test
    void intentIsUnderWayUntilItIsSettled() {
        var begun = intents.begin(resolver, id, List.of()).subscribeAsCompletionStage();
        begins.getFirst().complete(new BeginAnswer.Begun(5));
        assertThat(intents.isUnderWay(id)).isTrue();
        var settled = intents.settle(begun.join(), resolver).subscribeAsCompletionStage();
        settled.join();
        assertThat(intents.isUnderWay(id)).isFalse();
    }
}
