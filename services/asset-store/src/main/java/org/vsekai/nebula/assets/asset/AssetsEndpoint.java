package org.vsekai.nebula.assets.asset;

import static org.vsekai.nebula.kit.time.Timestamps.timestamp;

import io.quarkus.grpc.GrpcService;
import io.quarkus.virtual.threads.VirtualThreads;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import org.vsekai.nebula.api.assets.v1.AddAssetReferenceRequest;
import org.vsekai.nebula.api.assets.v1.AssetInfo;
import org.vsekai.nebula.api.assets.v1.AssetReferenceInfo;
import org.vsekai.nebula.api.assets.v1.DeleteAssetRequest;
import org.vsekai.nebula.api.assets.v1.DeleteAssetResponse;
import org.vsekai.nebula.api.assets.v1.GetAssetRequest;
import org.vsekai.nebula.api.assets.v1.ListAssetReferencesRequest;
import org.vsekai.nebula.api.assets.v1.ListAssetReferencesResponse;
import org.vsekai.nebula.api.assets.v1.ListAssetsRequest;
import org.vsekai.nebula.api.assets.v1.ListAssetsResponse;
import org.vsekai.nebula.api.assets.v1.PutAssetIndexRequest;
import org.vsekai.nebula.api.assets.v1.RemoveAssetReferenceRequest;
import org.vsekai.nebula.api.assets.v1.RemoveAssetReferenceResponse;
import org.vsekai.nebula.assets.index.Indexes;
import org.vsekai.nebula.kit.auth.Role;
import org.vsekai.nebula.kit.paging.PageRequest;

/** Assets as other services call them. */
@GrpcService
class AssetsEndpoint implements org.vsekai.nebula.api.assets.v1.Assets {
    private final Assets assets;
    private final AssetWriter writer;
    private final ExecutorService threads;

    AssetsEndpoint(Assets assets, AssetWriter writer, @VirtualThreads ExecutorService threads) {
        this.assets = assets;
        this.writer = writer;
        this.threads = threads;
    }

    @Override
    @RolesAllowed({Role.Names.SERVER, Role.Names.PUBLISHER, Role.Names.OPERATOR})
    public Uni<AssetInfo> getAsset(GetAssetRequest request) {
        return assets.get(Assets.parse(request.getId())).map(AssetsEndpoint::info);
    }

    @Override
    @RolesAllowed({Role.Names.SERVER, Role.Names.PUBLISHER, Role.Names.OPERATOR})
    public Uni<ListAssetsResponse> listAssets(ListAssetsRequest request) {
        PageRequest page = PageRequest.ofMessage(request.getPageSize(), request.getPageToken());
        return assets.list(given(request.getOwner()), page).map(found -> {
            ListAssetsResponse.Builder response = ListAssetsResponse.newBuilder();
            found.items().forEach(asset -> response.addAssets(info(asset)));
            if (found.next() != null) {
                response.setNextPageToken(found.next());
            }
            return response.build();
        });
    }

    @Override
    @RolesAllowed({Role.Names.SERVER, Role.Names.PUBLISHER})
    public Uni<AssetInfo> putAssetIndex(PutAssetIndexRequest request) {
        AssetWriter.Request wanted = new AssetWriter.Request(
                Assets.parse(request.getId()),
                new AssetDescription(
                        given(request.getName()), given(request.getMediaType()), given(request.getOwner())),
                Role.SERVER.text(),
                Precondition.NONE);
        return Uni.createFrom()
                .item(() -> writer.write(wanted, Indexes.parseBlobName(request.getIndexName())))
                .runSubscriptionOn(threads)
                .map(stored -> info(stored.asset()));
    }

    @Override
    @RolesAllowed({Role.Names.SERVER, Role.Names.PUBLISHER})
    public Uni<DeleteAssetResponse> deleteAsset(DeleteAssetRequest request) {
        return assets.delete(Assets.parse(request.getId())).replaceWith(DeleteAssetResponse.getDefaultInstance());
    }

    @Override
    @RolesAllowed({Role.Names.SERVER, Role.Names.PUBLISHER})
    public Uni<AssetReferenceInfo> addAssetReference(AddAssetReferenceRequest request) {
        return assets.addReference(Assets.parse(request.getAssetId()), holder(request.getHolder()))
                .map(AssetsEndpoint::info);
    }

    @Override
    @RolesAllowed({Role.Names.SERVER, Role.Names.PUBLISHER})
    public Uni<RemoveAssetReferenceResponse> removeAssetReference(RemoveAssetReferenceRequest request) {
        return assets.removeReference(Assets.parse(request.getAssetId()), holder(request.getHolder()))
                .map(removed -> RemoveAssetReferenceResponse.newBuilder()
                        .setRemoved(removed)
                        .build());
    }

    @Override
    @RolesAllowed({Role.Names.SERVER, Role.Names.PUBLISHER, Role.Names.OPERATOR})
    public Uni<ListAssetReferencesResponse> listAssetReferences(ListAssetReferencesRequest request) {
        PageRequest page = PageRequest.ofMessage(request.getPageSize(), request.getPageToken());
        return assets.listReferences(Assets.parse(request.getAssetId()), page).map(found -> {
            ListAssetReferencesResponse.Builder response = ListAssetReferencesResponse.newBuilder();
            found.items().forEach(reference -> response.addReferences(info(reference)));
            if (found.next() != null) {
                response.setNextPageToken(found.next());
            }
            return response.build();
        });
    }

    private static String holder(String text) {
        return AssetDescription.checkHolder(text, "INVALID_HOLDER", "holder");
    }

    private static Optional<String> given(String text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(text);
    }

    private static AssetInfo info(Asset asset) {
        return AssetInfo.newBuilder()
                .setId(asset.id().toString())
                .setName(asset.name() == null ? "" : asset.name())
                .setMediaType(asset.mediaType())
                .setSize(asset.size())
                .setIndexName(asset.index())
                .setOwner(asset.owner())
                .setInsertedAt(timestamp(asset.insertedAt()))
                .setUpdatedAt(timestamp(asset.updatedAt()))
                .build();
    }

    private static AssetReferenceInfo info(AssetReference reference) {
        return AssetReferenceInfo.newBuilder()
                .setHolder(reference.holder())
                .setInsertedAt(timestamp(reference.insertedAt()))
                .build();
    }
}
