package org.vsekai.nebula.sync.ledger;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.Test;
import org.vsekai.nebula.api.cache.v1.TemporaryCacheGrpc;
import org.vsekai.nebula.api.entities.v1.TicketsGrpc;
import org.vsekai.nebula.api.ledger.v1.CountersGrpc;
import org.vsekai.nebula.api.ledger.v1.IntentsGrpc;
import org.vsekai.nebula.api.ledger.v1.LeasesGrpc;
import org.vsekai.nebula.api.ledger.v1.OperationsGrpc;
import org.vsekai.nebula.kit.testing.RoleWalk;
import org.vsekai.nebula.sync.testing.SingleMember;

/** Walks every operation and every gRPC method with every kind of caller. A new one fails here until it is listed. */
@QuarkusTest
@QuarkusTestResource(SingleMember.class)
class RolesIT {
    private static final Set<String> OPERATOR = Set.of("operator");
    private static final Set<String> WRITE = Set.of("server");
    private static final Set<String> READ = Set.of("server", "operator");

    @ConfigProperty(name = "quarkus.grpc.server.test-port")
    int grpcPort;

    @Test
    void everyOperationIsForItsRole() {
        Map<String, Set<String>> operations = new HashMap<>(Map.of(
                "GET /api/v1/ledger/status", OPERATOR,
                "GET /api/v1/ledger/counters", OPERATOR,
                "GET /api/v1/ledger/leases", OPERATOR,
                "GET /api/v1/ledger/claims", OPERATOR,
                "GET /api/v1/ledger/intents", OPERATOR,
                "POST /api/v1/ledger/snapshot", OPERATOR,
                "GET /api/v1/ledger/members", OPERATOR,
                "POST /api/v1/ledger/members", OPERATOR,
                "DELETE /api/v1/ledger/members/{id}", OPERATOR));
        operations.putAll(Map.of(
                "POST /api/v1/temporary/entries", WRITE,
                "GET /api/v1/temporary/entries", WRITE,
                "DELETE /api/v1/temporary/entries", WRITE,
                "GET /api/v1/temporary/entries/{id}", WRITE,
                "DELETE /api/v1/temporary/entries/{id}", WRITE));
        operations.putAll(Map.of(
                "GET /api/v1/zones", OPERATOR,
                "GET /api/v1/zones/{world}/{x}/{z}", OPERATOR,
                "GET /api/v1/zones/{world}/{x}/{z}/sessions", OPERATOR,
                "GET /api/v1/zones/{world}/{x}/{z}/entities", OPERATOR,
                "POST /api/v1/zones/{world}/{x}/{z}/release", OPERATOR));
        RoleWalk.assertOperations(operations, path -> path.replace("{id}", "no-such-member")
                .replace("{world}/{x}/{z}", "no-such-world/0/0"));
    }

    @Test
    void ticketsAreIssuedToServersOnly() {
        RoleWalk.assertMethods(TicketsGrpc.getServiceDescriptor(), grpcPort, Map.of("IssueTicket", WRITE));
    }

    @Test
    void countersAreWrittenByServersOnly() {
        RoleWalk.assertMethods(
                CountersGrpc.getServiceDescriptor(),
                grpcPort,
                Map.of(
                        "GetCounter", READ,
                        "AddToCounter", WRITE,
                        "CompareAndSetCounter", WRITE,
                        "ListCounters", READ,
                        "WatchCounters", READ));
    }

    @Test
    void leasesAreWrittenByServersOnly() {
        RoleWalk.assertMethods(
                LeasesGrpc.getServiceDescriptor(),
                grpcPort,
                Map.of(
                        "AcquireLease", WRITE,
                        "RenewLease", WRITE,
                        "ReleaseLease", WRITE,
                        "GetLease", READ,
                        "ListLeases", READ,
                        "ClaimResource", WRITE,
                        "ReleaseClaim", WRITE,
                        "ListClaims", READ,
                        "WatchLeases", READ));
    }

    @Test
    void intentsAreWrittenByServersOnly() {
        RoleWalk.assertMethods(
                IntentsGrpc.getServiceDescriptor(),
                grpcPort,
                Map.of(
                        "BeginIntent", WRITE,
                        "CommitIntent", WRITE,
                        "AbortIntent", WRITE,
                        "GetIntent", READ,
                        "ListIntents", READ,
                        "WatchIntents", READ));
    }

    @Test
    void operationsAreForOperatorsOnly() {
        RoleWalk.assertMethods(
                OperationsGrpc.getServiceDescriptor(),
                grpcPort,
                Map.of(
                        "GetStatus",
                        OPERATOR,
                        "TakeSnapshot",
                        OPERATOR,
                        "AddMember",
                        OPERATOR,
                        "RemoveMember",
                        OPERATOR));
    }

    @Test
    void temporaryEntriesAreForServersOnly() {
        RoleWalk.assertMethods(
                TemporaryCacheGrpc.getServiceDescriptor(),
                grpcPort,
                Map.of("PutEntry", WRITE, "GetEntry", WRITE, "DeleteEntry", WRITE));
    }
}
