package org.vsekai.nebula.sync.member;

import java.util.Locale;
import java.util.Optional;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;
import org.vsekai.nebula.ledger.consensus.MemberStatus;

/**
 * Down until the member has first had a leader and caught up with it, so that a roll-out waits before it restarts the next.
 * Up from then on, also in a minority, which says so: it refuses writes and still answers stale reads. Down when halted.
 */
@Readiness
class MemberReadiness implements HealthCheck {
    private final LedgerHost host;

    MemberReadiness(LedgerHost host) {
        this.host = host;
    }

    @Override
    public HealthCheckResponse call() {
        HealthCheckResponseBuilder check = HealthCheckResponse.named("ledger");
        if (!host.isHosted()) {
            return check.up().withData("hosted", false).build();
        }
        Optional<MemberStatus> found = host.findStatus();
        if (found.isEmpty()) {
            return check.down().withData("reason", "the member is not running").build();
        }
        MemberStatus status = found.get();
        check.withData("member", status.id())
                .withData("role", status.role().name().toLowerCase(Locale.ROOT))
                .withData("leader", status.leader().orElse("none"))
                .withData("term", status.term())
                .withData("writable", status.leader().isPresent());
        return check.status(host.hasJoined() && status.failure().isEmpty()).build();
    }
}
