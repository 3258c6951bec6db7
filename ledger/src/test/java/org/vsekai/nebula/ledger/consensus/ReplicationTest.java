package org.vsekai.nebula.ledger.consensus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** What is known of a proposal that gets no result. */
class ReplicationTest {
    @Test
    void aProposalThatWasTakenIntoTheLogHasAnUnknownOutcomeWhenItFails() {
        Proposal proposal = new Proposal(new byte[1]);
        assertThat(proposal.take()).isTrue();
        proposal.fail("the leader stepped down", null);
        assertThatThrownBy(proposal.result::join)
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(OutcomeUnknownException.class);
    }

    @Test
    void aProposalThatOnlyWaitedWasNotProposedAndIsNotTakenAfterwards() {
        Proposal proposal = new Proposal(new byte[1]);
        proposal.fail("no result in time", null);
        assertThatThrownBy(proposal.result::join).hasCauseInstanceOf(NotProposedException.class);
        assertThat(proposal.take()).isFalse();
    }

    @Test
    void theFirstEndOfAProposalStands() {
        Proposal proposal = new Proposal(new byte[1]);
        proposal.take();
        proposal.complete(new byte[] {7});
        proposal.fail("too late", null);
        assertThat(proposal.result.join()).containsExactly(7);
        CompletableFuture<Object> deadline = new CompletableFuture<>();
        proposal.deadline(deadline);
        assertThat(deadline).as("no timer is left behind").isCancelled();
    }
}
