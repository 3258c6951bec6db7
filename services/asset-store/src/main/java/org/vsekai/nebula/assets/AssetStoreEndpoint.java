package org.vsekai.nebula.assets;

import static org.vsekai.nebula.kit.time.Timestamps.timestamp;

import com.google.protobuf.ByteString;
import io.quarkus.grpc.GrpcService;
import io.quarkus.virtual.threads.VirtualThreads;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.function.Supplier;
import org.vsekai.nebula.api.assets.v1.AssetStore;
import org.vsekai.nebula.api.assets.v1.ChunkIds;
import org.vsekai.nebula.api.assets.v1.ConfirmPinRequest;
import org.vsekai.nebula.api.assets.v1.GetStatisticsRequest;
import org.vsekai.nebula.api.assets.v1.ListPinsRequest;
import org.vsekai.nebula.api.assets.v1.ListPinsResponse;
import org.vsekai.nebula.api.assets.v1.PinInfo;
import org.vsekai.nebula.api.assets.v1.PinRequest;
import org.vsekai.nebula.api.assets.v1.PinState;
import org.vsekai.nebula.api.assets.v1.PutManifestRequest;
import org.vsekai.nebula.api.assets.v1.PutManifestResponse;
import org.vsekai.nebula.api.assets.v1.SetPacksRequest;
import org.vsekai.nebula.api.assets.v1.SetPacksResponse;
import org.vsekai.nebula.api.assets.v1.Statistics;
import org.vsekai.nebula.api.assets.v1.UnpinRequest;
import org.vsekai.nebula.api.assets.v1.UnpinResponse;
import org.vsekai.nebula.api.assets.v1.VerifyIndexRequest;
import org.vsekai.nebula.api.assets.v1.VerifyIndexResponse;
import org.vsekai.nebula.assets.chunk.Chunks;
import org.vsekai.nebula.assets.condemned.Condemned;
import org.vsekai.nebula.assets.index.IndexVerification;
import org.vsekai.nebula.assets.index.Indexes;
import org.vsekai.nebula.assets.manifest.Manifests;
import org.vsekai.nebula.assets.pack.PackTarget;
import org.vsekai.nebula.assets.pack.Packs;
import org.vsekai.nebula.assets.pin.Pin;
import org.vsekai.nebula.assets.pin.Pins;
import org.vsekai.nebula.assets.statistics.StatisticsReader;
import org.vsekai.nebula.assets.storage.StoreConfig;
import org.vsekai.nebula.kit.auth.Role;
import org.vsekai.nebula.kit.call.ServedCall;
import org.vsekai.nebula.kit.paging.PageRequest;
import org.vsekai.nebula.kit.problem.ProblemException;

/** The asset store as other services call it. */
@GrpcService
class AssetStoreEndpoint implements AssetStore {
    private final Chunks chunks;
    private final Condemned condemned;
    private final IndexVerification verification;
    private final Manifests manifests;
    private final Pins pins;
    private final Packs packs;
    private final StatisticsReader statistics;
    private final StoreConfig config;
    private final ExecutorService threads;

    AssetStoreEndpoint(
            Chunks chunks,
            Condemned condemned,
            IndexVerification verification,
            Manifests manifests,
            Pins pins,
            Packs packs,
            StatisticsReader statistics,
            StoreConfig config,
            @VirtualThreads ExecutorService threads) {
        this.chunks = chunks;
        this.condemned = condemned;
        this.verification = verification;
        this.manifests = manifests;
        this.pins = pins;
        this.packs = packs;
        this.statistics = statistics;
        this.config = config;
        this.threads = threads;
    }

    private <T> Uni<T> offEventLoop(Supplier<T> work) {
        return Uni.createFrom().item(work).runSubscriptionOn(threads);
    }

    @Override
    @RolesAllowed(Role.Names.SERVER)
    public Multi<ChunkIds> findMissing(Multi<ChunkIds> request) {
        return request.onItem()
                .transformToUniAndConcatenate(ids -> offEventLoop(() -> ChunkIds.newBuilder()
                        .setIds(ByteString.copyFrom(
                                chunks.findMissing(ids.getIds().toByteArray(), condemned.findChunks())))
                        .build()));
    }

    @Override
    @RolesAllowed(Role.Names.SERVER)
    public Multi<VerifyIndexResponse> verifyIndex(VerifyIndexRequest request) {
        ServedCall caller = ServedCall.current();
        return Multi.createFrom()
                .<VerifyIndexResponse>emitter(emitter -> {
                    try {
                        verification.verify(Indexes.parseName(request.getIndexName()), response -> {
                            caller.await(config.callerStall());
                            emitter.emit(response);
                        });
                        emitter.complete();
                    } catch (RuntimeException e) {
                        emitter.fail(e);
                    }
                })
                .runSubscriptionOn(threads);
    }

    @Override
    @RolesAllowed(Role.Names.SERVER)
    public Uni<PutManifestResponse> putManifest(PutManifestRequest request) {
        return offEventLoop(() -> PutManifestResponse.newBuilder()
                .setManifestName(
                        manifests.put(request.getContent().toByteArray()).toString())
                .build());
    }

    @Override
    @RolesAllowed(Role.Names.SERVER)
    public Uni<PinInfo> pin(PinRequest request) {
        return pins.pin(Indexes.parseName(request.getIndexName()), request.getOwner())
                .map(AssetStoreEndpoint::info);
    }

    @Override
    @RolesAllowed(Role.Names.SERVER)
    public Uni<PinInfo> confirmPin(ConfirmPinRequest request) {
        return pins.confirm(request.getOwner()).map(AssetStoreEndpoint::info);
    }

    @Override
    @RolesAllowed(Role.Names.SERVER)
    public Uni<UnpinResponse> unpin(UnpinRequest request) {
        return pins.unpin(request.getOwner())
                .map(removed -> UnpinResponse.newBuilder().setRemoved(removed).build());
    }

    @Override
    @RolesAllowed({Role.Names.SERVER, Role.Names.OPERATOR})
    public Uni<ListPinsResponse> listPins(ListPinsRequest request) {
        PageRequest page = PageRequest.ofMessage(request.getPageSize(), request.getPageToken());
        Optional<Pin.State> state =
                switch (request.getState()) {
                    case PIN_STATE_UNSPECIFIED -> Optional.empty();
                    case PIN_STATE_PENDING -> Optional.of(Pin.State.PENDING);
                    case PIN_STATE_CONFIRMED -> Optional.of(Pin.State.CONFIRMED);
                    case UNRECOGNIZED ->
                        throw ProblemException.invalid("INVALID_STATE", "There is no pin state of that number.");
                };
        Optional<Instant> before = request.hasInsertedBefore()
                ? Optional.of(Instant.ofEpochSecond(
                        request.getInsertedBefore().getSeconds(),
                        request.getInsertedBefore().getNanos()))
                : Optional.empty();
        return pins.list(state, before, page).map(found -> {
            ListPinsResponse.Builder response = ListPinsResponse.newBuilder();
            found.items().forEach(pin -> response.addPins(info(pin)));
            if (found.next() != null) {
                response.setNextPageToken(found.next());
            }
            return response.build();
        });
    }

    @Override
    @RolesAllowed({Role.Names.SERVER, Role.Names.OPERATOR})
    public Uni<Statistics> getStatistics(GetStatisticsRequest request) {
        return statistics.read().map(found -> {
            Statistics.Builder response = Statistics.newBuilder()
                    .setChunkCount(found.chunkCount())
                    .setStoredBytes(found.storedBytes())
                    .setIndexCount(found.indexCount())
                    .setManifestCount(found.manifestCount())
                    .setPendingPinCount(found.pendingPinCount())
                    .setConfirmedPinCount(found.confirmedPinCount())
                    .setOpenUploadCount(found.openUploadCount());
            if (found.countedAt() != null) {
                response.setCountedAt(timestamp(found.countedAt()));
            }
            return response.build();
        });
    }

    @Override
    @RolesAllowed(Role.Names.SERVER)
    public Uni<SetPacksResponse> setPacks(SetPacksRequest request) {
        return packs.set(
                        request.getOwner(),
                        request.getTargetsList().stream()
                                .map(target -> new PackTarget(
                                        Indexes.parseName(target.getIndexName()),
                                        target.getBaseIndexNamesList().stream()
                                                .map(Indexes::parseName)
                                                .toList()))
                                .toList())
                .map(left -> SetPacksResponse.newBuilder().setWantedCount(left).build());
    }

    private static PinInfo info(Pin pin) {
        return PinInfo.newBuilder()
                .setOwner(pin.owner())
                .setIndexName(pin.indexName())
                .setState(
                        switch (pin.state()) {
                            case PENDING -> PinState.PIN_STATE_PENDING;
                            case CONFIRMED -> PinState.PIN_STATE_CONFIRMED;
                        })
                .setInsertedAt(timestamp(pin.insertedAt()))
                .build();
    }
}
