package org.vsekai.nebula.sync.temporary;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.kit.auth.Role;
import org.vsekai.nebula.kit.problem.ProblemException;
import org.vsekai.nebula.sync.temporary.TemporaryEntries.Which;

/** {@code /api/v1/temporary/entries}. */
@Path("/api/v1/temporary/entries")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@RolesAllowed(Role.Names.SERVER)
class TemporaryResource {
    /** A value with its type, as {@code google.protobuf.Any}; the bytes in base64. */
    record AnyView(@Nullable String typeUrl, byte @Nullable [] value) {}

    /** @param timeToLiveMillis null: the configured default */
    record NewEntry(
            @Nullable String key,
            @Nullable AnyView value,
            @Nullable Long timeToLiveMillis) {}

    /** An entry as REST shows it. */
    record EntryView(String id, String key, AnyView value, Instant expiresAt) {
        static EntryView of(TemporaryEntry entry) {
            return new EntryView(
                    entry.id(),
                    entry.key(),
                    new AnyView(entry.typeUrl(), entry.value()),
                    Instant.ofEpochMilli(entry.expiresAtMillis()));
        }
    }

    private final TemporaryEntries entries;

    TemporaryResource(TemporaryEntries entries) {
        this.entries = entries;
    }

    @POST
    public Uni<EntryView> put(@Nullable NewEntry entry) {
        if (entry == null || entry.key() == null || entry.value() == null) {
            throw ProblemException.invalid("KEY_AND_VALUE_REQUIRED", "Send a JSON object with key and value.");
        }
        AnyView value = entry.value();
        return entries.put(
                        entry.key(),
                        Any.newBuilder()
                                .setTypeUrl(value.typeUrl() == null ? "" : value.typeUrl())
                                .setValue(value.value() == null ? ByteString.EMPTY : ByteString.copyFrom(value.value()))
                                .build(),
                        Optional.ofNullable(entry.timeToLiveMillis()).map(Duration::ofMillis))
                .map(EntryView::of);
    }

    @GET
    public Uni<EntryView> getByKey(@QueryParam("key") @Nullable String key) {
        return entries.get(new Which.ByKey(key == null ? "" : key)).map(EntryView::of);
    }

    @GET
    @Path("{id}")
    public Uni<EntryView> getById(@PathParam("id") String id) {
        return entries.get(new Which.ById(id)).map(EntryView::of);
    }

    @DELETE
    public Uni<Void> deleteByKey(@QueryParam("key") @Nullable String key) {
        return entries.delete(new Which.ByKey(key == null ? "" : key));
    }

    @DELETE
    @Path("{id}")
    public Uni<Void> deleteById(@PathParam("id") String id) {
        return entries.delete(new Which.ById(id));
    }
}
