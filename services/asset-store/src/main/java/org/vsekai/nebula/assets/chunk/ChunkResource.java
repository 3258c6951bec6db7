package org.vsekai.nebula.assets.chunk;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.assets.condemned.Condemned;
import org.vsekai.nebula.assets.upload.Uploads;
import org.vsekai.nebula.casync.chunk.ChunkId;
import org.vsekai.nebula.kit.auth.Role;
import org.vsekai.nebula.kit.problem.ProblemException;
import org.vsekai.nebula.kit.problem.ProblemKind;
import org.vsekai.nebula.kit.transaction.DatabaseUnavailableException;

@Path("/")
@RunOnVirtualThread
class ChunkResource {
    private static final Logger LOG = Logger.getLogger(ChunkResource.class);

    private final Chunks chunks;
    private final Condemned condemned;
    private final Uploads uploads;

    ChunkResource(Chunks chunks, Condemned condemned, Uploads uploads) {
        this.chunks = chunks;
        this.condemned = condemned;
        this.uploads = uploads;
    }

    @PUT
    @Path("chunks/{prefix}/{name}")
    @Consumes(MediaType.WILDCARD)
    @RolesAllowed({Role.Names.PUBLISHER, Role.Names.SERVER})
    @Operation(
            operationId = "putChunk",
            summary = "Store a chunk as desync does; it is verified first, and the first valid bytes stay")
    public Response put(
            @PathParam("prefix") String prefix,
            @PathParam("name") String name,
            @HeaderParam("Nebula-Upload") @Nullable String upload,
            InputStream body) {
        ChunkId id = ChunkName.parse(prefix + "/" + name);
        Optional<UUID> protector = Uploads.parse(upload);
        if (protector.isEmpty()) {
            awaitGone(id);
        } else if (!uploads.isProtected(protector.get(), id)
                && !uploads.protect(protector.get(), id.toByteArray()).isEmpty()) {
            condemned.awaitGone(id);
        }
        chunks.put(id, body);
        return Response.ok().build();
    }

    @POST
    @Path("api/v1/chunks/missing")
    @Consumes(MediaType.APPLICATION_OCTET_STREAM)
    @Produces(MediaType.APPLICATION_OCTET_STREAM)
    @RolesAllowed(Role.Names.PUBLISHER)
    @Operation(
            operationId = "findMissingChunks",
            summary = "Answer those of the ids in the body, 32 bytes each, that the store does not hold")
    public byte[] findMissing(@QueryParam("upload") @Nullable String upload, InputStream body) {
        byte[] ids = read(body);
        Chunks.check(ids);
        // Protected before it is looked at, so that what is answered as present stays present.
        Set<ChunkId> gone =
                Uploads.parse(upload).map(open -> uploads.protect(open, ids)).orElseGet(condemned::findChunks);
        return chunks.findMissing(ids, gone);
    }

    /** Without an upload a chunk can be stored while the database is away, and the collector with it. */
    private void awaitGone(ChunkId id) {
        try {
            condemned.awaitGone(id);
        } catch (DatabaseUnavailableException e) {
            LOG.debugf("Chunk %s is stored unasked: %s", id, e.getMessage());
        }
    }

    private static byte[] read(InputStream body) {
        try {
            return body.readNBytes(Chunks.MAX_IDS * ChunkId.BYTES + 1);
        } catch (IOException e) {
            throw new ProblemException(
                    ProblemKind.INVALID, "BODY_INCOMPLETE", "The connection ended before the body did.", e);
        }
    }
}
