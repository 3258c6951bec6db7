package org.vsekai.nebula.sync.member;

import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.kit.problem.ProblemException;
import org.vsekai.nebula.kit.problem.ProblemKind;
import org.vsekai.nebula.ledger.Consistency;
import org.vsekai.nebula.ledger.Ledger;
import org.vsekai.nebula.ledger.LedgerView;
import org.vsekai.nebula.ledger.consensus.MemberStartException;
import org.vsekai.nebula.ledger.consensus.MemberStatus;
import org.vsekai.nebula.sync.EntitySyncConfig;

/**
 * Starts the member when this process does, if its role hosts one, and stops it when everything that may still use it has
 * stopped. A log that is corrupt, or a folder that another process has, ends the process: what is wrong is told by the
 * exception that its start fails with. Thread-safe.
 */
@ApplicationScoped
public class LedgerHost {
    /** Before everything else, as the rest asks it. */
    private static final int FIRST = 1;

    /** After everything else, the kit's client of the ledger among it. */
    private static final int LAST = 200_000;

    private static final Logger LOG = Logger.getLogger(LedgerHost.class);

    private final EntitySyncConfig config;
    private volatile @Nullable Ledger ledger;
    private volatile boolean joined;

    LedgerHost(EntitySyncConfig config) {
        this.config = config;
    }

    void start(@Observes @Priority(FIRST) StartupEvent event) {
        if (!config.role().hostsLedger()) {
            return;
        }
        MemberSettings settings = config.member();
        List<String> unsafe = UnsafeSettings.of(settings);
        if (!unsafe.isEmpty()) {
            if (LaunchMode.current() == LaunchMode.NORMAL && !settings.allowUnsafe()) {
                throw new UnsafeSettingsException(unsafe);
            }
            unsafe.forEach(what -> LOG.warnf("Unsafe setting: %s", what));
        }
        try {
            ledger = Ledger.open(MemberConfigs.of(settings), MemberConfigs.limits(settings.limits()));
        } catch (MemberStartException e) {
            throw new IllegalStateException(
                    "the ledger member " + settings.id() + " cannot take part: " + e.getMessage(), e);
        }
        LOG.infof("Ledger member %s has started in %s", settings.id(), settings.folder());
    }

    void stop(@Observes @Priority(LAST) ShutdownEvent event) {
        Ledger open = ledger;
        ledger = null;
        if (open != null) {
            open.close();
        }
    }

    public boolean isHosted() {
        return config.role().hostsLedger();
    }

    /** @throws ProblemException LEDGER_NOT_HOSTED if this process hosts none, or is stopping */
    public Ledger ledger() {
        Ledger open = ledger;
        if (open == null) {
            throw new ProblemException(
                    ProblemKind.UNAVAILABLE,
                    "LEDGER_NOT_HOSTED",
                    isHosted()
                            ? "The member is stopping. Ask another one."
                            : "This process hosts no member of the ledger: nebula.entity-sync.role is zones.");
        }
        return open;
    }

    /** What the member knows of itself; empty while there is none. */
    public Optional<MemberStatus> findStatus() {
        Ledger open = ledger;
        return open == null ? Optional.empty() : Optional.of(open.status());
    }

    /** How much the ledger holds, as the member has applied it; empty if it is too busy to say. Blocks for no longer than that. */
    public Optional<LedgerView.Sizes> findSizes(Duration patience) {
        Ledger open = ledger;
        if (open == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(open.read(Consistency.STALE, patience, LedgerView::sizes)
                    .toCompletableFuture()
                    .get(patience.toMillis(), TimeUnit.MILLISECONDS));
        } catch (ExecutionException | TimeoutException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    /** Whether the member leads, or knows who does. */
    public boolean hearsLeader() {
        return findStatus().flatMap(MemberStatus::leader).isPresent();
    }

    /**
     * Whether, since its start, the member has had a leader and applied all that it then knew to be committed. Once it has, it
     * stays so: a minority still answers stale reads.
     */
    boolean hasJoined() {
        if (!joined) {
            joined = findStatus()
                    .filter(status -> status.leader().isPresent() && status.appliedIndex() >= status.commitIndex())
                    .isPresent();
        }
        return joined;
    }
}
