package org.vsekai.nebula.updater.version;

import io.quarkus.runtime.Startup;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Optional;
import org.vsekai.nebula.kit.cache.CacheKind;
import org.vsekai.nebula.kit.cache.SharedCache;
import org.vsekai.nebula.kit.cache.SharedCaches;
import org.vsekai.nebula.kit.transaction.Transactions;
import org.vsekai.nebula.updater.mode.ModeName;
import org.vsekai.nebula.updater.mode.ModeNotFoundException;
import org.vsekai.nebula.updater.mode.Modes;
import org.vsekai.nebula.updater.mode.RecentChains;
import org.vsekai.nebula.updater.mode.UpdateChain;

/**
 * The version that a mode sends its players to, kept under the mode's id and generation: as long as no version of the mode
 * changes, no instance asks the database for it again. Thread-safe.
 */
@Startup // Its cache is to be there, and health to say so, before the first player asks.
@ApplicationScoped
public class NewestVersions {
    /** A bound on what a generation that is used no more takes up, not on truth: under its key an answer holds for ever. */
    private static final Duration LIFESPAN = Duration.ofHours(6);

    private final RecentChains chains;
    private final Modes modes;
    private final Versions versions;
    private final Transactions transactions;
    private final SharedCache<NewestCopy> copies;

    NewestVersions(
            RecentChains chains, Modes modes, Versions versions, Transactions transactions, SharedCaches caches) {
        this.chains = chains;
        this.modes = modes;
        this.versions = versions;
        this.transactions = transactions;
        this.copies =
                caches.open(new CacheKind<>("updater-newest-v1", NewestCopy.class, new VersionCopiesImpl(), LIFESPAN));
    }

    /**
     * Where a mode leads, and the highest version there that is not passed over.
     *
     * @param chain as of some moment of the last {@code nebula.updater.mode.max-age}, as is {@code newest}
     */
    public record Standing(UpdateChain chain, Optional<Version> newest) {}

    /** What was read is of a later generation than was asked for, so it must not be kept under that. */
    private static final class GenerationPassedException extends RuntimeException {
        GenerationPassedException() {
            super(null, null, false, false);
        }
    }

    /** Fails with {@link ModeNotFoundException}. */
    public Uni<Standing> follow(ModeName mode) {
        return chains.follow(mode)
                .flatMap(chain -> copies.get(key(chain.last()), () -> read(mode).map(read -> {
                            if (!key(read.chain().last()).equals(key(chain.last()))) {
                                throw new GenerationPassedException();
                            }
                            return NewestCopy.of(read.newest());
                        }))
                        .map(copy -> new Standing(chain, copy.toVersion()))
                        .onFailure(GenerationPassedException.class)
                        .recoverWithUni(() -> {
                            chains.forget();
                            return read(mode);
                        }));
    }

    private static String key(UpdateChain.Link mode) {
        return mode.id() + "/" + mode.generation();
    }

    /** Both as of one moment. */
    private Uni<Standing> read(ModeName mode) {
        return transactions.inTransaction(() -> modes.follow(mode)
                .flatMap(chain -> versions.findNewest(chain).map(newest -> new Standing(chain, newest))));
    }
}
