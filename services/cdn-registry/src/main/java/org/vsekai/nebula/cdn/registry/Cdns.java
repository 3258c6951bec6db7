package org.vsekai.nebula.cdn.registry;

import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.cdn.address.AddressPolicy;
import org.vsekai.nebula.cdn.address.CdnUri;
import org.vsekai.nebula.cdn.probe.ProbeOutcome;
import org.vsekai.nebula.kit.paging.Page;
import org.vsekai.nebula.kit.paging.PageRequest;
import org.vsekai.nebula.kit.problem.ProblemException;
import org.vsekai.nebula.kit.revision.EntityTags;
import org.vsekai.nebula.kit.transaction.DatabaseFailure;
import org.vsekai.nebula.kit.transaction.Transactions;

/** What can be done with registered CDNs, whatever protocol asks for it. Thread-safe. */
@ApplicationScoped
public class Cdns {
    private final CdnRepository rows;
    private final Transactions transactions;
    private final AddressPolicy policy;
    private final RegistryConfig config;
    private final Clock clock;

    Cdns(CdnRepository rows, Transactions transactions, AddressPolicy policy, RegistryConfig config, Clock clock) {
        this.rows = rows;
        this.transactions = transactions;
        this.policy = policy;
        this.config = config;
        this.clock = clock;
    }

    /** A page in the order of uid, of one region or of all. */
    public Uni<Page<Cdn>> list(PageRequest page, Optional<String> region) {
        return transactions
                .inTransaction(() -> rows.listPage(page, region))
                .map(found -> Page.of(page, found, row -> row.uid, CdnEntity::toCdn));
    }

    /** Fails with CDN_NOT_FOUND. */
    public Uni<Cdn> get(String uid) {
        return transactions.inTransaction(() -> getRow(uid)).map(CdnEntity::toCdn);
    }

    /** Fails with CDN_EXISTS, CDN_LIMIT_REACHED, CDN_URI_REFUSED or CDN_HOST_UNRESOLVED. */
    public Uni<Cdn> create(CdnEntry entry) {
        return checkAddress(entry.uri())
                .chain(() -> transactions.inTransaction(() -> rows.findByUid(entry.uid())
                        .chain(found -> found.isPresent()
                                ? Uni.createFrom().failure(() -> exists(entry.uid()))
                                : insert(entry))))
                .onFailure(DatabaseFailure::isUniqueViolation)
                .transform(failure -> exists(entry.uid()))
                .map(CdnEntity::toCdn);
    }

    /**
     * Changes what is not null. Fails with CDN_NOT_FOUND, REVISION_REQUIRED, REVISION_MISMATCH, INVALID_CDN,
     * CDN_URI_REFUSED or CDN_HOST_UNRESOLVED.
     */
    public Uni<Cdn> update(
            String uid,
            @Nullable String ifMatch,
            @Nullable String name,
            @Nullable CdnUri uri,
            @Nullable String region) {
        Uni<Void> checked = uri == null ? Uni.createFrom().voidItem() : checkAddress(uri);
        return checked.chain(() -> transactions.inTransaction(() -> getRow(uid).invoke(row -> {
                    Cdn cdn = row.toCdn();
                    EntityTags.requireMatch(ifMatch, cdn.entityTag());
                    row.set(cdn.entry().with(name, uri, region), now());
                })))
                .map(CdnEntity::toCdn);
    }

    /** Fails with CDN_NOT_FOUND. */
    public Uni<Void> delete(String uid) {
        return transactions.inTransaction(() -> getRow(uid)
                .chain(row -> rows.deleteOne(row.id))
                .invoke(removed -> {
                    if (!removed) {
                        throw notFound(uid);
                    }
                })
                .replaceWithVoid());
    }

    /** Registers what is missing and makes what is there as the entries say, all or nothing. */
    Uni<Void> seed(List<CdnEntry> entries) {
        Uni<Void> checked = Uni.createFrom().voidItem();
        for (CdnEntry entry : entries) {
            checked = checked.chain(() -> checkAddress(entry.uri()));
        }
        return checked.chain(() -> transactions.inTransaction(() -> {
            Uni<Void> all = Uni.createFrom().voidItem();
            for (CdnEntry entry : entries) {
                all = all.chain(() -> rows.findByUid(entry.uid()))
                        .chain(found -> found.isPresent()
                                ? Uni.createFrom().voidItem().invoke(() -> found.get()
                                        .set(entry, now()))
                                : insert(entry).replaceWithVoid());
            }
            return all;
        }));
    }

    /** Every CDN, at most as many as can be registered. */
    Uni<List<Cdn>> listAll() {
        return transactions
                .inTransaction(
                        () -> rows.findAll().range(0, config.maxCdns() - 1).list())
                .map(found -> found.stream().map(CdnEntity::toCdn).toList());
    }

    /**
     * Takes on the probe that is due for a CDN by moving the next one on.
     *
     * @return false if another instance was first, or the CDN has changed
     */
    Uni<Boolean> claimProbe(Cdn seen, Instant next) {
        return transactions.inTransaction(() -> rows.findById(seen.id()).map(row -> {
            if (row == null || !row.nextProbeAt.equals(seen.nextProbeAt()) || !isAt(row, seen.uri())) {
                return false;
            }
            row.nextProbeAt = next.truncatedTo(ChronoUnit.MICROS);
            return true;
        }));
    }

    /**
     * Adds an outcome to the figures, unless the CDN has moved or gone in the meantime.
     *
     * @param retryPause when the outcome is a failure, the next probe is this far away at most; it doubles with each
     *     failure in a row
     */
    Uni<Void> recordProbe(Cdn probed, ProbeOutcome outcome, Duration retryPause) {
        return transactions.inTransaction(() -> rows.findById(probed.id())
                .invoke(row -> {
                    if (row != null && isAt(row, probed.uri())) {
                        Instant now = now();
                        row.lastCheckedOn = now;
                        row.set(row.toCdn().probes().after(outcome));
                        if (!row.healthy) {
                            Instant retry =
                                    now.plus(retryPause.multipliedBy(1L << Math.min(row.consecutiveFailures - 1, 20)));
                            row.nextProbeAt = retry.isBefore(row.nextProbeAt) ? retry : row.nextProbeAt;
                        }
                    }
                })
                .replaceWithVoid());
    }

    private static boolean isAt(CdnEntity row, CdnUri uri) {
        return row.uri.equals(uri.text());
    }

    private Uni<CdnEntity> getRow(String uid) {
        return rows.findByUid(uid).map(found -> found.orElseThrow(() -> notFound(uid)));
    }

    private Uni<CdnEntity> insert(CdnEntry entry) {
        return rows.count().chain(count -> {
            if (count >= config.maxCdns()) {
                return Uni.createFrom()
                        .failure(() -> ProblemException.failedPrecondition(
                                "CDN_LIMIT_REACHED",
                                "There are " + count + " CDNs already; nebula.cdn.registry.max-cdns allows no more."));
            }
            CdnEntity row = new CdnEntity();
            row.id = UUID.randomUUID();
            row.set(entry, now());
            return rows.persist(row);
        });
    }

    /** Now, as exactly as the database keeps it. */
    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }

    private static ProblemException notFound(String uid) {
        return ProblemException.notFound("CDN_NOT_FOUND", "No CDN has the uid " + uid + ".");
    }

    private static ProblemException exists(String uid) {
        return ProblemException.alreadyExists("CDN_EXISTS", "A CDN with the uid " + uid + " exists already.");
    }

    /** Asks the name service on a worker thread and comes back to the caller's context. */
    private Uni<Void> checkAddress(CdnUri uri) {
        Context caller = Vertx.currentContext();
        Uni<InetAddress> checked =
                Uni.createFrom().item(() -> policy.check(uri)).runSubscriptionOn(Infrastructure.getDefaultExecutor());
        return (caller == null ? checked : checked.emitOn(task -> caller.runOnContext(ignored -> task.run())))
                .replaceWithVoid();
    }
}
