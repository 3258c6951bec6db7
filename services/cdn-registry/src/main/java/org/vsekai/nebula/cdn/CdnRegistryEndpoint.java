package org.vsekai.nebula.cdn;

import com.google.protobuf.Timestamp;
import io.quarkus.grpc.GrpcService;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.PermitAll;
import jakarta.annotation.security.RolesAllowed;
import java.time.Instant;
import java.util.Optional;
import org.vsekai.nebula.api.cdn.v1.Cdn;
import org.vsekai.nebula.api.cdn.v1.CdnRegistry;
import org.vsekai.nebula.api.cdn.v1.CreateCdnRequest;
import org.vsekai.nebula.api.cdn.v1.DeleteCdnRequest;
import org.vsekai.nebula.api.cdn.v1.DeleteCdnResponse;
import org.vsekai.nebula.api.cdn.v1.GetCdnRequest;
import org.vsekai.nebula.api.cdn.v1.ListCdnsRequest;
import org.vsekai.nebula.api.cdn.v1.ListCdnsResponse;
import org.vsekai.nebula.api.cdn.v1.RankCdnsRequest;
import org.vsekai.nebula.api.cdn.v1.RankCdnsResponse;
import org.vsekai.nebula.api.cdn.v1.RankedCdn;
import org.vsekai.nebula.api.cdn.v1.UpdateCdnRequest;
import org.vsekai.nebula.cdn.address.CdnUri;
import org.vsekai.nebula.cdn.ranking.Rankings;
import org.vsekai.nebula.cdn.registry.CdnEntry;
import org.vsekai.nebula.cdn.registry.Cdns;
import org.vsekai.nebula.kit.auth.Role;
import org.vsekai.nebula.kit.paging.PageRequest;

/** The service over gRPC. Roles stand at each method: those of the class are not seen on the bean that Quarkus makes. */
@GrpcService
class CdnRegistryEndpoint implements CdnRegistry {
    private final Cdns cdns;
    private final Rankings rankings;

    CdnRegistryEndpoint(Cdns cdns, Rankings rankings) {
        this.cdns = cdns;
        this.rankings = rankings;
    }

    @Override
    @RolesAllowed(Role.Names.OPERATOR)
    public Uni<ListCdnsResponse> listCdns(ListCdnsRequest request) {
        Integer limit = request.getPageSize() == 0 ? null : request.getPageSize();
        Optional<String> region = Optional.of(request.getRegion()).filter(text -> !text.isEmpty());
        return cdns.list(PageRequest.of(limit, request.getPageToken()), region).map(page -> {
            ListCdnsResponse.Builder answer = ListCdnsResponse.newBuilder();
            page.items().forEach(cdn -> answer.addCdns(message(cdn)));
            String next = page.next();
            return next == null ? answer.build() : answer.setNextPageToken(next).build();
        });
    }

    @Override
    @RolesAllowed(Role.Names.OPERATOR)
    public Uni<Cdn> getCdn(GetCdnRequest request) {
        return cdns.get(request.getUid()).map(CdnRegistryEndpoint::message);
    }

    @Override
    @RolesAllowed(Role.Names.OPERATOR)
    public Uni<Cdn> createCdn(CreateCdnRequest request) {
        return Uni.createFrom()
                .item(() -> CdnEntry.of(request.getUid(), request.getName(), request.getUri(), request.getRegion()))
                .chain(cdns::create)
                .map(CdnRegistryEndpoint::message);
    }

    @Override
    @RolesAllowed(Role.Names.OPERATOR)
    public Uni<Cdn> updateCdn(UpdateCdnRequest request) {
        return Uni.createFrom()
                .deferred(() -> cdns.update(
                        request.getUid(),
                        request.getEtag(),
                        request.hasName() ? request.getName() : null,
                        request.hasUri() ? CdnUri.parse(request.getUri()) : null,
                        request.hasRegion() ? request.getRegion() : null))
                .map(CdnRegistryEndpoint::message);
    }

    @Override
    @RolesAllowed(Role.Names.OPERATOR)
    public Uni<DeleteCdnResponse> deleteCdn(DeleteCdnRequest request) {
        return cdns.delete(request.getUid()).replaceWith(DeleteCdnResponse::getDefaultInstance);
    }

    @Override
    @PermitAll
    public Uni<RankCdnsResponse> rankCdns(RankCdnsRequest request) {
        return Uni.createFrom().item(() -> {
            RankCdnsResponse.Builder answer = RankCdnsResponse.newBuilder();
            rankings.rank(request.getRegion())
                    .forEach(entry -> answer.addCdns(RankedCdn.newBuilder()
                            .setUid(entry.uid())
                            .setName(entry.name())
                            .setUri(entry.uri().text())
                            .setRegion(entry.region())));
            return answer.build();
        });
    }

    private static Cdn message(org.vsekai.nebula.cdn.registry.Cdn cdn) {
        CdnEntry entry = cdn.entry();
        Cdn.Builder message = Cdn.newBuilder()
                .setId(cdn.id().toString())
                .setUid(entry.uid())
                .setName(entry.name())
                .setUri(entry.uri().text())
                .setRegion(entry.region())
                .setProbes(message(cdn.probes()))
                .setEtag(cdn.entityTag());
        Instant checked = cdn.lastCheckedOn();
        return checked == null
                ? message.build()
                : message.setLastCheckedOn(Timestamp.newBuilder()
                                .setSeconds(checked.getEpochSecond())
                                .setNanos(checked.getNano()))
                        .build();
    }

    private static org.vsekai.nebula.api.cdn.v1.ProbeFigures message(org.vsekai.nebula.cdn.probe.ProbeFigures probes) {
        var message = org.vsekai.nebula.api.cdn.v1.ProbeFigures.newBuilder()
                .setHealthy(probes.healthy())
                .setFailureRate(probes.failureRate())
                .setSuccessCount(probes.successCount())
                .setFailureCount(probes.failureCount())
                .setConsecutiveFailures(probes.consecutiveFailures());
        if (probes.latencyMillis() != null) {
            message.setLatencyMillis(probes.latencyMillis());
        }
        if (probes.lastError() != null) {
            message.setLastError(probes.lastError());
        }
        return message.build();
    }
}
