package org.vsekai.nebula.sync.zone;

import com.google.protobuf.ByteString;
import io.smallrye.mutiny.subscription.Cancellable;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.api.entities.v1.ClientFrame;
import org.vsekai.nebula.api.entities.v1.Join;
import org.vsekai.nebula.api.entities.v1.Redirect;
import org.vsekai.nebula.api.entities.v1.ServerFrame;
import org.vsekai.nebula.kit.problem.ProblemException;
import org.vsekai.nebula.kit.problem.ProblemKind;
import org.vsekai.nebula.sync.directory.ZoneDirectory;
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
    private final ZoneDirectory directory;
    private final SecureRandom random = new SecureRandom();

    Joining(Tickets tickets, Worlds worlds, ZoneKeeper keeper, ZoneDirectory directory) {
        this.tickets = tickets;
        this.worlds = worlds;
        this.keeper = keeper;
        this.directory = directory;
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
        Optional<ZoneThread> here = keeper.find(name);
        if (here.isEmpty()) {
            sendOn(stream, name);
            return;
        }
        SessionToken token = new SessionToken(random.nextLong(), random.nextLong());
        ClientFrame.Builder rest = frame.toBuilder().clearJoin();
        if (join.hasInterest()) {
            rest.setInterest(join.getInterest());
        }
        stream.join(
                here.get(),
                ticket.role(),
                token,
                token(join.getResumeToken()),
                rest.build().toByteArray());
    }

    /** To where the zone is, if that is known. */
    private void sendOn(SessionStream stream, ZoneName name) {
        ZoneGoneException gone = new ZoneGoneException(name);
        Cancellable unused = directory
                .find(name)
                .subscribe()
                .with(
                        found -> found.ifPresentOrElse(
                                address -> stream.redirect(
                                        ServerFrame.newBuilder()
                                                .setRedirect(Redirect.newBuilder()
                                                        .setAddress(address)
                                                        .setZone(name.toString()))
                                                .build()
                                                .toByteArray(),
                                        gone),
                                () -> stream.refuse(gone)),
                        failure -> stream.refuse(gone));
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
