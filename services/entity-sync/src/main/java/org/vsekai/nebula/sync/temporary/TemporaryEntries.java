package org.vsekai.nebula.sync.temporary;

import com.google.protobuf.Any;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.vsekai.nebula.kit.cache.CacheKind;
import org.vsekai.nebula.kit.cache.CacheUnavailableException;
import org.vsekai.nebula.kit.cache.SharedCaches;
import org.vsekai.nebula.kit.cache.TransientCache;
import org.vsekai.nebula.kit.problem.ProblemException;
import org.vsekai.nebula.kit.problem.ProblemKind;
import org.vsekai.nebula.sync.EntitySyncConfig;

/**
 * What can be done with entries, for REST and gRPC alike. An entry is under its key, and its id leads to the key; an id whose
 * entry was replaced leads to an entry of another id, which is not taken for it. Every call may fail with
 * {@link CacheUnavailableException}. Thread-safe.
 */
@ApplicationScoped
class TemporaryEntries {
    private static final int MAX_KEY_BYTES = 256;
    private static final int MAX_TYPE_URL_LENGTH = 512;

    /** Less would be no limit at all to the cache. */
    private static final Duration SHORTEST = Duration.ofMillis(1);

    /** Which entry is meant. */
    sealed interface Which {
        /** The entry under a key. */
        record ByKey(String key) implements Which {}

        /** The entry that a put gave this id. */
        record ById(String id) implements Which {}
    }

    private final TransientCache<TemporaryEntry> entries;
    private final TransientCache<EntryKey> keys;
    private final TemporaryConfig config;
    private final boolean hosted;
    private final Clock clock;

    TemporaryEntries(SharedCaches caches, TemporaryConfig config, EntitySyncConfig role, Clock clock) {
        this.config = config;
        this.hosted = role.role().hostsZones();
        this.clock = clock;
        long bytes = config.nodeSize().asLongValue();
        this.entries = caches.openTransient(
                new CacheKind<>(
                        "temporary-v1", TemporaryEntry.class, new TemporarySchemaImpl(), config.maxTimeToLive()),
                bytes,
                config.patience());
        // An id and its key are small beside an entry.
        this.keys = caches.openTransient(
                new CacheKind<>("temporary-ids-v1", EntryKey.class, new TemporarySchemaImpl(), config.maxTimeToLive()),
                bytes / 4,
                config.patience());
    }

    /**
     * Puts an entry in the place of the one that has its key. Fails with INVALID_ENTRY_KEY, ENTRY_TYPE_REQUIRED,
     * INVALID_TIME_TO_LIVE or ENTRY_TOO_LARGE.
     *
     * @param timeToLive empty: the configured default
     */
    Uni<TemporaryEntry> put(String key, Any value, Optional<Duration> timeToLive) {
        requireHosted();
        requireKey(key);
        if (value.getTypeUrl().isEmpty() || value.getTypeUrl().length() > MAX_TYPE_URL_LENGTH) {
            throw ProblemException.invalid(
                    "ENTRY_TYPE_REQUIRED",
                    "The value must name its type by a URL of at most " + MAX_TYPE_URL_LENGTH + " characters.");
        }
        if (value.getValue().size() > config.maxValueSize().asLongValue()) {
            throw new ProblemException(
                    ProblemKind.CONTENT_TOO_LARGE,
                    "ENTRY_TOO_LARGE",
                    "The value has " + value.getValue().size()
                            + " bytes; nebula.entity-sync.temporary.max-value-size allows "
                            + config.maxValueSize().asLongValue() + ".");
        }
        Duration lifespan = timeToLive.orElse(config.defaultTimeToLive());
        // Compared before it is converted: what comes by gRPC may be more than milliseconds can be counted of.
        if (lifespan.compareTo(SHORTEST) < 0 || lifespan.compareTo(config.maxTimeToLive()) > 0) {
            throw ProblemException.invalid(
                    "INVALID_TIME_TO_LIVE",
                    "The time to live must be a millisecond to " + config.maxTimeToLive() + ", not " + lifespan + ".");
        }
        TemporaryEntry entry = new TemporaryEntry(
                UUID.randomUUID().toString(),
                key,
                value.getTypeUrl(),
                value.getValue().toByteArray(),
                clock.millis() + lifespan.toMillis());
        // The id first: whoever is told of the entry can then ask for it either way.
        return keys.put(entry.id(), new EntryKey(key), lifespan)
                .chain(() -> entries.put(key, entry, lifespan))
                .replaceWith(entry);
    }

    /** Fails with ENTRY_NOT_FOUND. */
    Uni<TemporaryEntry> get(Which which) {
        requireHosted();
        return find(which)
                .map(found -> found.orElseThrow(() -> ProblemException.notFound(
                        "ENTRY_NOT_FOUND",
                        "There is no such entry, or no more: its time is over or its room was needed.")));
    }

    /** Deletes an entry; one that is not there is fine. */
    Uni<Void> delete(Which which) {
        requireHosted();
        return find(which)
                .chain(found -> found.map(entry -> entries.remove(entry.key()).chain(() -> keys.remove(entry.id())))
                        .orElseGet(() -> Uni.createFrom().voidItem()));
    }

    private Uni<Optional<TemporaryEntry>> find(Which which) {
        return switch (which) {
            case Which.ByKey(String key) -> {
                requireKey(key);
                yield entries.find(key).map(found -> found.filter(this::isAlive));
            }
            case Which.ById(String id) ->
                keys.find(canonical(id)).flatMap(found -> found.map(key -> entries.find(key.key())
                                .map(entry -> entry.filter(there -> there.id().equals(canonical(id)))
                                        .filter(this::isAlive)))
                        .orElseGet(() -> Uni.createFrom().item(Optional.empty())));
        };
    }

    /** The cache's clock and this one may differ; what is told has not ended by this one. */
    private boolean isAlive(TemporaryEntry entry) {
        return entry.expiresAtMillis() > clock.millis();
    }

    private void requireHosted() {
        if (!hosted) {
            throw ProblemException.failedPrecondition(
                    "ROLE_NOT_HOSTED",
                    "This process hosts the ledger alone (nebula.entity-sync.role). Ask one that hosts zones.");
        }
    }

    private static void requireKey(String key) {
        if (key.isEmpty()
                || key.length() > MAX_KEY_BYTES
                || key.getBytes(StandardCharsets.UTF_8).length > MAX_KEY_BYTES
                || key.chars().anyMatch(Character::isISOControl)) {
            throw ProblemException.invalid(
                    "INVALID_ENTRY_KEY",
                    "A key has 1 to " + MAX_KEY_BYTES + " bytes of UTF-8 and no control characters.");
        }
    }

    private static String canonical(String id) {
        try {
            return UUID.fromString(id).toString();
        } catch (IllegalArgumentException e) {
            throw ProblemException.invalid("INVALID_ENTRY_ID", "An entry's id is a UUID.");
        }
    }
}
