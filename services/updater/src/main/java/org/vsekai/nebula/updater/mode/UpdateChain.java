package org.vsekai.nebula.updater.mode;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Where a mode's {@code update_to} leads: the mode itself, the one it sends its players to, and so on. Never empty and
 * never a circle.
 */
public record UpdateChain(List<Link> links) {
    /** Most steps from one mode to the next that are followed. */
    static final int MAX_STEPS = 32;

    /**
     * One mode of the chain.
     *
     * @param next the id of the mode it sends its players to
     * @param generation of its versions, as {@link Generations} has it
     */
    public record Link(UUID id, ModeName name, boolean active, Optional<UUID> next, long generation) {}

    /** @throws ModeCycleException if the links come back to where they were, or go on beyond {@link #MAX_STEPS} */
    public UpdateChain {
        links = List.copyOf(links);
        if (links.isEmpty()) {
            throw new IllegalArgumentException("a chain begins with a mode");
        }
        Set<UUID> seen = new HashSet<>();
        for (Link link : links) {
            if (!seen.add(link.id())) {
                throw new ModeCycleException(links.getFirst().name(), link.name());
            }
        }
        if (links.getLast().next().isPresent()) {
            throw new ModeCycleException(
                    links.getFirst().name(), links.getLast().name());
        }
    }

    /** @throws ModeNotFoundException if there are no links, as for a mode that is not there */
    static UpdateChain from(ModeName name, List<Link> links) {
        if (links.isEmpty()) {
            throw new ModeNotFoundException(name);
        }
        return new UpdateChain(links);
    }

    /** Whose players they are now. */
    public Link first() {
        return links.getFirst();
    }

    /** Whose versions they get. */
    public Link last() {
        return links.getLast();
    }

    /** @throws ModeCycleException if a mode that is put before this chain is in it already, or makes it too long */
    void requireRoomBefore(UUID id, ModeName name) {
        if (links.size() >= MAX_STEPS
                || links.stream().anyMatch(link -> link.id().equals(id))) {
            throw new ModeCycleException(name, first().name());
        }
    }
}
