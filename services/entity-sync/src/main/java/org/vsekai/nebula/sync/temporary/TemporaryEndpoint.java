package org.vsekai.nebula.sync.temporary;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.util.Timestamps;
import io.quarkus.grpc.GrpcService;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import java.time.Duration;
import java.util.Optional;
import org.vsekai.nebula.api.cache.v1.CacheEntry;
import org.vsekai.nebula.api.cache.v1.DeleteEntryRequest;
import org.vsekai.nebula.api.cache.v1.DeleteEntryResponse;
import org.vsekai.nebula.api.cache.v1.GetEntryRequest;
import org.vsekai.nebula.api.cache.v1.PutEntryRequest;
import org.vsekai.nebula.api.cache.v1.TemporaryCache;
import org.vsekai.nebula.kit.auth.Role;
import org.vsekai.nebula.kit.problem.ProblemException;
import org.vsekai.nebula.sync.temporary.TemporaryEntries.Which;

/** Every method of {@code vsekai.nebula.cache.v1.TemporaryCache}. */
@GrpcService
class TemporaryEndpoint implements TemporaryCache {
    private final TemporaryEntries entries;

    TemporaryEndpoint(TemporaryEntries entries) {
        this.entries = entries;
    }

    @Override
    @RolesAllowed(Role.Names.SERVER)
    public Uni<CacheEntry> putEntry(PutEntryRequest request) {
        Optional<Duration> timeToLive =
                request.hasTimeToLive() ? Optional.of(timeToLive(request.getTimeToLive())) : Optional.empty();
        return entries.put(request.getKey(), request.getValue(), timeToLive).map(TemporaryEndpoint::message);
    }

    @Override
    @RolesAllowed(Role.Names.SERVER)
    public Uni<CacheEntry> getEntry(GetEntryRequest request) {
        return entries.get(
                        switch (request.getEntryCase()) {
                            case ID -> new Which.ById(request.getId());
                            case KEY -> new Which.ByKey(request.getKey());
                            case ENTRY_NOT_SET -> throw which();
                        })
                .map(TemporaryEndpoint::message);
    }

    @Override
    @RolesAllowed(Role.Names.SERVER)
    public Uni<DeleteEntryResponse> deleteEntry(DeleteEntryRequest request) {
        return entries.delete(
                        switch (request.getEntryCase()) {
                            case ID -> new Which.ById(request.getId());
                            case KEY -> new Which.ByKey(request.getKey());
                            case ENTRY_NOT_SET -> throw which();
                        })
                .replaceWith(DeleteEntryResponse.getDefaultInstance());
    }

    private static ProblemException which() {
        return ProblemException.invalid("ENTRY_REQUIRED", "Say which entry, by its id or its key.");
    }

    private static Duration timeToLive(com.google.protobuf.Duration asked) {
        try {
            return Duration.ofSeconds(asked.getSeconds(), asked.getNanos());
        } catch (ArithmeticException e) {
            throw ProblemException.invalid("INVALID_TIME_TO_LIVE", "The time to live is out of range.");
        }
    }

    private static CacheEntry message(TemporaryEntry entry) {
        return CacheEntry.newBuilder()
                .setId(entry.id())
                .setKey(entry.key())
                .setValue(Any.newBuilder().setTypeUrl(entry.typeUrl()).setValue(ByteString.copyFrom(entry.value())))
                .setExpiresAt(Timestamps.fromMillis(entry.expiresAtMillis()))
                .build();
    }
}
