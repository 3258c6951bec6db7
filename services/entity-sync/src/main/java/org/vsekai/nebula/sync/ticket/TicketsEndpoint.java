package org.vsekai.nebula.sync.ticket;

import com.google.protobuf.ByteString;
import io.quarkus.grpc.GrpcService;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import java.time.Duration;
import java.util.Optional;
import org.vsekai.nebula.api.entities.v1.IssueTicketRequest;
import org.vsekai.nebula.api.entities.v1.IssueTicketResponse;
import org.vsekai.nebula.kit.auth.Role;
import org.vsekai.nebula.kit.problem.ProblemException;
import org.vsekai.nebula.kit.time.Timestamps;
import org.vsekai.nebula.sync.world.ZoneName;

/** Every method of {@code vsekai.nebula.entities.v1.Tickets}. */
@GrpcService
class TicketsEndpoint implements org.vsekai.nebula.api.entities.v1.Tickets {
    private final Tickets tickets;

    TicketsEndpoint(Tickets tickets) {
        this.tickets = tickets;
    }

    @Override
    @RolesAllowed(Role.Names.SERVER)
    public Uni<IssueTicketResponse> issueTicket(IssueTicketRequest request) {
        ZoneName zone = ZoneName.find(request.getZone())
                .orElseThrow(() -> ProblemException.invalid("INVALID_FIELD", "zone is a name like city/0/0."));
        Tickets.Issued issued = tickets.issue(
                zone.toString(),
                switch (request.getRole()) {
                    case SESSION_ROLE_PLAYER -> org.vsekai.nebula.zones.Role.PLAYER;
                    case SESSION_ROLE_OBSERVER -> org.vsekai.nebula.zones.Role.OBSERVER;
                    case SESSION_ROLE_SERVER -> org.vsekai.nebula.zones.Role.SERVER;
                    case SESSION_ROLE_UNSPECIFIED, UNRECOGNIZED ->
                        throw ProblemException.invalid("INVALID_FIELD", "role is player, observer or server.");
                },
                request.getSubject(),
                request.hasTimeToLive() ? Optional.of(timeToLive(request.getTimeToLive())) : Optional.empty());
        return Uni.createFrom()
                .item(IssueTicketResponse.newBuilder()
                        .setTicket(ByteString.copyFrom(issued.signed()))
                        .setExpiresAt(Timestamps.timestamp(issued.ticket().expiresAt()))
                        .build());
    }

    private static Duration timeToLive(com.google.protobuf.Duration asked) {
        try {
            return Duration.ofSeconds(asked.getSeconds(), asked.getNanos());
        } catch (ArithmeticException e) {
            throw ProblemException.invalid("INVALID_FIELD", "time_to_live is out of range.");
        }
    }
}
