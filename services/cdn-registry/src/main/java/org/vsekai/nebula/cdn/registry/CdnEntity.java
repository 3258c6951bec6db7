package org.vsekai.nebula.cdn.registry;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.PrimaryKeyJoinColumn;
import jakarta.persistence.SecondaryTable;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import org.hibernate.annotations.SecondaryRow;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.cdn.address.CdnUri;
import org.vsekai.nebula.cdn.probe.ProbeFigures;

/** A row of {@code cdn} and the row of {@code cdn_probes} that belongs to it. */
@Entity
@Table(name = "cdn")
@SecondaryTable(name = CdnEntity.PROBES, pkJoinColumns = @PrimaryKeyJoinColumn(name = "cdn_id"))
@SecondaryRow(table = CdnEntity.PROBES, optional = false)
@NullUnmarked // Hibernate fills the fields after construction.
class CdnEntity {
    static final String PROBES = "cdn_probes";

    @Id
    UUID id;

    String uid;
    String name;
    String uri;

    @Column(name = "last_checked_on")
    @Nullable
    Instant lastCheckedOn;

    String region;

    @Column(table = PROBES, name = "next_probe_at")
    Instant nextProbeAt;

    @Column(table = PROBES)
    boolean healthy;

    @Column(table = PROBES, name = "latency_millis")
    @Nullable
    Double latencyMillis;

    @Column(table = PROBES, name = "failure_rate")
    double failureRate;

    @Column(table = PROBES, name = "success_count")
    long successCount;

    @Column(table = PROBES, name = "failure_count")
    long failureCount;

    @Column(table = PROBES, name = "consecutive_failures")
    int consecutiveFailures;

    @Column(table = PROBES, name = "last_error")
    @Nullable
    String lastError;

    Cdn toCdn() {
        return new Cdn(
                id,
                new CdnEntry(uid, name, new CdnUri(uri), region),
                lastCheckedOn,
                new ProbeFigures(
                        healthy,
                        latencyMillis,
                        failureRate,
                        successCount,
                        failureCount,
                        consecutiveFailures,
                        lastError),
                nextProbeAt);
    }

    /** Takes over what an operator says. At another URI nothing is known yet, and a probe is due. */
    void set(CdnEntry entry, Instant now) {
        boolean moved = !entry.uri().text().equals(uri);
        uid = entry.uid();
        name = entry.name();
        uri = entry.uri().text();
        region = entry.region();
        if (moved) {
            lastCheckedOn = null;
            nextProbeAt = now;
            set(ProbeFigures.NONE);
        }
    }

    void set(ProbeFigures figures) {
        healthy = figures.healthy();
        latencyMillis = figures.latencyMillis();
        failureRate = figures.failureRate();
        successCount = figures.successCount();
        failureCount = figures.failureCount();
        consecutiveFailures = figures.consecutiveFailures();
        lastError = figures.lastError();
    }
}
