package org.vsekai.nebula.assets.collect;

import static org.vsekai.nebula.kit.time.Timestamps.timestamp;

import io.quarkus.grpc.GrpcService;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import java.time.Duration;
import java.util.Optional;
import org.vsekai.nebula.api.assets.v1.CancelMaintenanceRunRequest;
import org.vsekai.nebula.api.assets.v1.GetMaintenanceRunRequest;
import org.vsekai.nebula.api.assets.v1.ListMaintenanceRunsRequest;
import org.vsekai.nebula.api.assets.v1.ListMaintenanceRunsResponse;
import org.vsekai.nebula.api.assets.v1.MaintenanceKind;
import org.vsekai.nebula.api.assets.v1.MaintenanceRun;
import org.vsekai.nebula.api.assets.v1.MaintenanceState;
import org.vsekai.nebula.api.assets.v1.StartCollectionRequest;
import org.vsekai.nebula.api.assets.v1.StartVerificationRequest;
import org.vsekai.nebula.api.assets.v1.StoreMaintenance;
import org.vsekai.nebula.kit.auth.Role;
import org.vsekai.nebula.kit.paging.PageRequest;

/** Runs over the whole store as other programs call them. */
@GrpcService
class StoreMaintenanceEndpoint implements StoreMaintenance {
    private final Maintenance maintenance;
    private final Runs runs;

    StoreMaintenanceEndpoint(Maintenance maintenance, Runs runs) {
        this.maintenance = maintenance;
        this.runs = runs;
    }

    @Override
    @RolesAllowed(Role.Names.OPERATOR)
    public Uni<MaintenanceRun> startCollection(StartCollectionRequest request) {
        Optional<Duration> grace = request.hasGrace()
                ? Optional.of(Duration.ofSeconds(
                        request.getGrace().getSeconds(), request.getGrace().getNanos()))
                : Optional.empty();
        return maintenance.collect(request.getDelete(), grace).map(StoreMaintenanceEndpoint::message);
    }

    @Override
    @RolesAllowed(Role.Names.OPERATOR)
    public Uni<MaintenanceRun> startVerification(StartVerificationRequest request) {
        return maintenance
                .verify(Optional.of(request.getRepairFrom()).filter(location -> !location.isEmpty()))
                .map(StoreMaintenanceEndpoint::message);
    }

    @Override
    @RolesAllowed(Role.Names.OPERATOR)
    public Uni<MaintenanceRun> getMaintenanceRun(GetMaintenanceRunRequest request) {
        return runs.get(MaintenanceResource.parse(request.getId())).map(StoreMaintenanceEndpoint::message);
    }

    @Override
    @RolesAllowed(Role.Names.OPERATOR)
    public Uni<ListMaintenanceRunsResponse> listMaintenanceRuns(ListMaintenanceRunsRequest request) {
        PageRequest page = PageRequest.ofMessage(request.getPageSize(), request.getPageToken());
        return runs.list(page).map(found -> {
            ListMaintenanceRunsResponse.Builder response = ListMaintenanceRunsResponse.newBuilder();
            found.items().forEach(run -> response.addRuns(message(run)));
            if (found.next() != null) {
                response.setNextPageToken(found.next());
            }
            return response.build();
        });
    }

    @Override
    @RolesAllowed(Role.Names.OPERATOR)
    public Uni<MaintenanceRun> cancelMaintenanceRun(CancelMaintenanceRunRequest request) {
        return runs.cancel(MaintenanceResource.parse(request.getId())).map(StoreMaintenanceEndpoint::message);
    }

    private static MaintenanceRun message(Run run) {
        return MaintenanceRun.newBuilder()
                .setId(run.id().toString())
                .setKind(
                        switch (run.kind()) {
                            case COLLECTION -> MaintenanceKind.MAINTENANCE_KIND_COLLECTION;
                            case VERIFICATION -> MaintenanceKind.MAINTENANCE_KIND_VERIFICATION;
                        })
                .setState(
                        switch (run.state()) {
                            case RUNNING -> MaintenanceState.MAINTENANCE_STATE_RUNNING;
                            case COMPLETED -> MaintenanceState.MAINTENANCE_STATE_COMPLETED;
                            case FAILED -> MaintenanceState.MAINTENANCE_STATE_FAILED;
                            case CANCELLED -> MaintenanceState.MAINTENANCE_STATE_CANCELLED;
                        })
                .setDelete(run.deleteGarbage())
                .setGrace(com.google.protobuf.Duration.newBuilder().setSeconds(run.graceSeconds()))
                .setRepairFrom(run.repairFrom() == null ? "" : run.repairFrom())
                .setPhase(run.phase())
                .putAllFigures(run.figures())
                .addAllReport(run.report())
                .setInsertedAt(timestamp(run.insertedAt()))
                .setUpdatedAt(timestamp(run.updatedAt()))
                .build();
    }
}
