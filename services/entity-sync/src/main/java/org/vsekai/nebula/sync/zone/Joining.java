package org.vsekai.nebula.sync.zone;

import com.google.protobuf.ByteString;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.api.entities.v1.ClientFrame;
import org.vsekai.nebula.api.entities.v1.Join;
import org.vsekai.nebula.kit.problem.ProblemException;
import org.vsekai.nebula.kit.problem.ProblemKind;
import org.vsekai.nebula.sync.ticket.Ticket;
import org.vsekai.nebula.sync.ticket.Tickets;
import org.vsekai.nebula.sync.world.Worlds;
import org.vsekai.nebula.sync.world.ZoneName;
import org.vsekai.nebula.zones.SessionToken;

/** Decides on a stream's first frame. Thread-safe; does not block. */
@ApplicationScoped
class Joining {
    private static final int TOKEN_BYTES = 16;

    private final Tickets tickets;
    private final Worlds worlds;
    private final ZoneKeeper keeper;
    private final SecureRandom random = new SecureRandom();

    Joining(Tickets tickets, Worlds worlds, ZoneKeeper keeper) {
        this.tickets = tickets;
        this.worlds = worlds;
        this.keeper = keeper;
    }

    /** @throws ProblemException why the client may not join */
    void join(SessionStream stream, ClientFrame frame) {
        if (!frame.hasJoin()) {
            throw ProblemException.invalid("INVALID_FRAME", "The first frame must join.");
        }
        Join join = frame.getJoin();
        Ticket ticket = tickets.find(join.getTicket().toByteArray())
                .filter(genuine -> genuine.zone().equals(join.getZone()))
                .orElseThrow(() -> new ProblemException(
                        ProblemKind.UNAUTHENTICATED,
                        "TICKET_REFUSED",
                        "The ticket is not for this zone, too old or not signed by this installation."));
        ZoneName name = ZoneName.find(join.getZone())
                .filter(worlds::contains)
                .orElseThrow(() -> ProblemException.notFound("ZONE_NOT_FOUND", "There is no such zone."));
        ZoneThread zone = keeper.find(name).orElseThrow(() -> new ZoneGoneException(name));
        SessionToken token = new SessionToken(random.nextLong(), random.nextLong());
        ClientFrame.Builder rest = frame.toBuilder().clearJoin();
        if (join.hasInterest()) {
            rest.setInterest(join.getInterest());
        }
        stream.join(
                zone,
                ticket.role(),
                token,
                token(join.getResumeToken()),
                rest.build().toByteArray());
    }

    private static @Nullable SessionToken token(ByteString bytes) {
        if (bytes.isEmpty()) {
            return null;
        }
        if (bytes.size() != TOKEN_BYTES) {
            throw ProblemException.invalid("INVALID_FRAME", "A resume token has 16 bytes.");
        }
        ByteBuffer buffer = bytes.asReadOnlyByteBuffer();
        return new SessionToken(buffer.getLong(), buffer.getLong());
    }
}
