package org.vsekai.nebula.assets.asset;

import io.smallrye.common.annotation.RunOnVirtualThread;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.PermitAll;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import java.io.InputStream;
import java.util.Optional;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jboss.resteasy.reactive.ResponseStatus;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.assets.index.Indexes;
import org.vsekai.nebula.kit.auth.Role;
import org.vsekai.nebula.kit.paging.Page;
import org.vsekai.nebula.kit.paging.PageRequest;

/** Assets but for their bytes on the way out, which {@link AssetRoutes} sends. */
@Path("/api/v1/assets")
class AssetResource {
    private final Assets assets;
    private final AssetWriter writer;

    AssetResource(Assets assets, AssetWriter writer) {
        this.assets = assets;
        this.writer = writer;
    }

    @PUT
    @Path("{id}")
    @Consumes(MediaType.WILDCARD)
    @Produces(MediaType.APPLICATION_JSON)
    @RolesAllowed({Role.Names.PUBLISHER, Role.Names.SERVER})
    @RunOnVirtualThread
    @Operation(
            operationId = "putAsset",
            summary = "Store a file of any size, or let the asset stand for an index that is in the store")
    public Response put(
            @PathParam("id") String id,
            @QueryParam("name") @Nullable String name,
            @QueryParam("owner") @Nullable String owner,
            @QueryParam("index") @Nullable String index,
            @QueryParam("media_type") @Nullable String mediaType,
            @HeaderParam(HttpHeaders.CONTENT_TYPE) @Nullable String contentType,
            @HeaderParam(HttpHeaders.IF_MATCH) @Nullable String ifMatch,
            @HeaderParam(HttpHeaders.IF_NONE_MATCH) @Nullable String ifNoneMatch,
            @Context SecurityContext caller,
            InputStream body) {
        // With an index the body is empty, and its Content-Type says nothing of the asset.
        @Nullable String type = mediaType == null && index == null ? contentType : mediaType;
        AssetWriter.Request request = new AssetWriter.Request(
                Assets.parse(id),
                new AssetDescription(Optional.ofNullable(name), Optional.ofNullable(type), Optional.ofNullable(owner)),
                caller.getUserPrincipal().getName(),
                new Precondition(ifMatch, ifNoneMatch));
        Assets.Stored stored =
                index == null ? writer.write(request, body) : writer.write(request, Indexes.parseBlobName(index));
        return Response.status(stored.created() ? 201 : 200)
                .header(HttpHeaders.ETAG, stored.asset().entityTag())
                .entity(stored.asset())
                .build();
    }

    @GET
    @Path("{id}/metadata")
    @Produces(MediaType.APPLICATION_JSON)
    @PermitAll
    @Operation(operationId = "getAssetMetadata", summary = "What is known of an asset besides its bytes")
    public Uni<Asset> metadata(@PathParam("id") String id) {
        return assets.get(Assets.parse(id));
    }

    @GET
    @Produces(MediaType.APPLICATION_JSON)
    @RolesAllowed({Role.Names.PUBLISHER, Role.Names.OPERATOR, Role.Names.SERVER})
    @Operation(operationId = "listAssets", summary = "List assets by id")
    public Uni<Page<Asset>> list(
            @QueryParam("owner") @Nullable String owner,
            @QueryParam("limit") @Nullable Integer limit,
            @QueryParam("after") @Nullable String after) {
        return assets.list(Optional.ofNullable(owner), PageRequest.of(limit, after));
    }

    @DELETE
    @Path("{id}")
    @RolesAllowed({Role.Names.PUBLISHER, Role.Names.SERVER})
    @ResponseStatus(204)
    @Operation(operationId = "deleteAsset", summary = "Delete an asset that nobody but its owner needs")
    public Uni<Void> delete(@PathParam("id") String id) {
        return assets.delete(Assets.parse(id));
    }

    @GET
    @Path("{id}/references")
    @Produces(MediaType.APPLICATION_JSON)
    @RolesAllowed({Role.Names.PUBLISHER, Role.Names.OPERATOR, Role.Names.SERVER})
    @Operation(operationId = "listAssetReferences", summary = "List who needs an asset, by holder")
    public Uni<Page<AssetReference>> listReferences(
            @PathParam("id") String id,
            @QueryParam("limit") @Nullable Integer limit,
            @QueryParam("after") @Nullable String after) {
        return assets.listReferences(Assets.parse(id), PageRequest.of(limit, after));
    }

    @PUT
    @Path("{id}/references/{holder}")
    @Consumes(MediaType.WILDCARD)
    @Produces(MediaType.APPLICATION_JSON)
    @RolesAllowed({Role.Names.PUBLISHER, Role.Names.SERVER})
    @Operation(operationId = "addAssetReference", summary = "Keep an asset for a holder; again is no error")
    public Uni<AssetReference> addReference(@PathParam("id") String id, @PathParam("holder") String holder) {
        return assets.addReference(Assets.parse(id), holder(holder));
    }

    @DELETE
    @Path("{id}/references/{holder}")
    @RolesAllowed({Role.Names.PUBLISHER, Role.Names.SERVER})
    @ResponseStatus(204)
    @Operation(operationId = "removeAssetReference", summary = "Let go of an asset; no reference is no error")
    public Uni<Void> removeReference(@PathParam("id") String id, @PathParam("holder") String holder) {
        UUID asset = Assets.parse(id);
        return assets.removeReference(asset, holder(holder)).replaceWithVoid();
    }

    private static String holder(String text) {
        return AssetDescription.checkHolder(text, "INVALID_HOLDER", "holder");
    }
}
