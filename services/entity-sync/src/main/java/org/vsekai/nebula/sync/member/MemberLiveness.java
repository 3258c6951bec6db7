package org.vsekai.nebula.sync.member;

import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;
import org.vsekai.nebula.ledger.consensus.MemberStatus;

/** Down when the member has stopped itself, as its log failed or is corrupt: nothing but a person mends that. */
@Liveness
class MemberLiveness implements HealthCheck {
    private final LedgerHost host;

    MemberLiveness(LedgerHost host) {
        this.host = host;
    }

    @Override
    public HealthCheckResponse call() {
        return host.findStatus()
                .flatMap(MemberStatus::failure)
                .map(failure -> HealthCheckResponse.named("ledger-member")
                        .down()
                        .withData("failure", failure)
                        .build())
                .orElseGet(() -> HealthCheckResponse.up("ledger-member"));
    }
}
