package org.vsekai.nebula.cdn.registry;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.cdn.address.CdnUri;
import org.vsekai.nebula.cdn.probe.ProbeFigures;
import org.vsekai.nebula.kit.revision.EntityTags;

/**
 * A registered CDN with what its probes found.
 *
 * @param lastCheckedOn when the last probe ended; null before the first
 */
public record Cdn(UUID id, CdnEntry entry, @Nullable Instant lastCheckedOn, ProbeFigures probes, Instant nextProbeAt) {
    /** Changes with what operators change, and not with each probe: else no update would ever find it unchanged. */
    public String entityTag() {
        return EntityTags.of(id, entry.uid(), entry.name(), entry.uri(), entry.region());
    }

    boolean isDue(Instant now) {
        return !nextProbeAt.isAfter(now);
    }

    /** Where the CDN is. */
    public CdnUri uri() {
        return entry.uri();
    }
}
