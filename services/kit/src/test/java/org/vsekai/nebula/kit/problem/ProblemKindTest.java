package org.vsekai.nebula.kit.problem;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProblemKindTest {
    /** As the ledger's members answer, and as a client that tries again on 503 expects. */
    @Test
    void openOutcomeIsAnsweredAsWhatMayBeTriedAgain() {
        assertThat(ProblemKind.OUTCOME_UNKNOWN.httpStatus()).isEqualTo(503);
        assertThat(ProblemKind.OUTCOME_UNKNOWN.title()).isEqualTo(ProblemKind.UNAVAILABLE.title());
    }

    @Test
    void statusAloneDoesNotSayThatAnOutcomeIsOpen() {
        assertThat(ProblemKind.ofHttpStatus(503)).isEqualTo(ProblemKind.UNAVAILABLE);
    }
}
