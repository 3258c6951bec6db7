package org.vsekai.nebula.client.entities;

import com.google.protobuf.ByteString;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.vsekai.nebula.api.entities.v1.Welcome;

/**
 * The zone that a session has joined, as its {@code Welcome} told. Handles and cells mean something in this epoch only.
 *
 * @param session this session's number in the zone
 * @param epoch counts the zone's owners
 * @param cellSize millimetres
 * @param cellsX along x; 0 where the zone ends nowhere
 * @param cellsZ along z; 0 where the zone ends nowhere
 * @param largestRadius millimetres, of an area of interest
 * @param updatesPerSecond frames and changes of entities that the session may send, as an average; 0: the zone does not tell
 * @param owned handles of the entities that a resumed session owns
 */
public record JoinedZone(
        int session,
        String name,
        long epoch,
        int ticksPerSecond,
        int cellSize,
        int cellsX,
        int cellsZ,
        int largestRadius,
        int updatesPerSecond,
        List<ComponentSchema> components,
        Set<Integer> owned) {

    /** Of a schema; a zone of this installation has at most 32. */
    private static final int MOST_COMPONENTS = 256;

    private static final int LARGEST_TOKEN = 1024;

    public JoinedZone {
        components = List.copyOf(components);
        owned = Set.copyOf(owned);
    }

    static JoinedZone of(Welcome welcome) {
        if (welcome.getComponentsCount() > MOST_COMPONENTS) {
            throw new MalformedFrameException("a schema of more than " + MOST_COMPONENTS + " components");
        }
        Set<Integer> numbers = new HashSet<>();
        List<ComponentSchema> components = welcome.getComponentsList().stream()
                .map(component -> {
                    if (component.getNumber() == 0 || !numbers.add(component.getNumber())) {
                        throw new MalformedFrameException("a schema with component " + component.getNumber());
                    }
                    return new ComponentSchema(
                            component.getNumber(),
                            component.getName(),
                            component.getLargest(),
                            switch (component.getPersistence()) {
                                case PERSISTENCE_VOLATILE -> ComponentSchema.Persistence.VOLATILE;
                                case PERSISTENCE_DURABLE -> ComponentSchema.Persistence.DURABLE;
                                case PERSISTENCE_BULK -> ComponentSchema.Persistence.BULK;
                                case PERSISTENCE_UNSPECIFIED, UNRECOGNIZED -> ComponentSchema.Persistence.UNSPECIFIED;
                            },
                            component.getPublic());
                })
                .toList();
        return new JoinedZone(
                welcome.getSession(),
                welcome.getZone(),
                welcome.getEpoch(),
                welcome.getTicksPerSecond(),
                welcome.getCellSize(),
                welcome.getCellsX(),
                welcome.getCellsZ(),
                welcome.getLargestRadius(),
                welcome.getUpdatesPerSecond(),
                components,
                Set.copyOf(welcome.getOwnedList()));
    }

    /** Kept apart from the record, so that nobody logs it. */
    static ByteString resumeToken(Welcome welcome) {
        ByteString token = welcome.getResumeToken();
        if (token.size() > LARGEST_TOKEN) {
            throw new MalformedFrameException("a resume token of " + token.size() + " bytes");
        }
        return token;
    }
}
