package org.vsekai.nebula.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PortsTest {
    @Test
    void servicesFollowTheBaseInTheirOrder() {
        Ports ports = new Ports(7_700);
        assertThat(Instance.all(1))
                .extracting(ports::http, ports::grpc)
                .containsExactly(tuple(7_700, 7_710), tuple(7_701, 7_711), tuple(7_702, 7_712), tuple(7_703, 7_713));
        assertThat(ports.postgres()).isEqualTo(7_720);
        assertThat(ports.cache()).isEqualTo(7_730);
        assertThat(ports.url(only(Service.ASSET_STORE))).hasToString("http://127.0.0.1:7702/");
    }

    @Test
    void replicasFollowTheFirstOfTheirKindAndNoPortIsGivenTwice() {
        Ports ports = new Ports(7_700);
        List<Instance> members = Instance.of(Service.ENTITY_SYNC, 3);
        assertThat(members)
                .extracting(Instance::title, ports::http, ports::grpc, ports::raft)
                .containsExactly(
                        tuple("entity-sync-0", 7_703, 7_713, 7_723),
                        tuple("entity-sync-1", 7_704, 7_714, 7_724),
                        tuple("entity-sync-2", 7_705, 7_715, 7_725));
        List<Integer> all = new ArrayList<>(List.of(ports.postgres()));
        Instance.all(Ports.MAX_REPLICAS)
                .forEach(instance -> all.addAll(List.of(ports.http(instance), ports.grpc(instance))));
        Instance.of(Service.ENTITY_SYNC, Ports.MAX_REPLICAS)
                .forEach(member -> all.addAll(List.of(ports.raft(member), ports.cache() + member.replica())));
        assertThat(all).doesNotHaveDuplicates();
    }

    private static Instance only(Service service) {
        return Instance.of(service, 1).getFirst();
    }

    @Test
    void aTakenPortIsNamed() throws IOException {
        Ports free = Ports.choose(0, 3);
        try (ServerSocket taken = new ServerSocket(
                free.grpc(Instance.of(Service.ENTITY_SYNC, 3).getLast()), 1, InetAddress.getByName("127.0.0.1"))) {
            assertThatExceptionOfType(StackException.class)
                    .isThrownBy(() -> Ports.choose(free.base(), 3))
                    .withMessageContaining("Port " + taken.getLocalPort())
                    .withMessageContaining("--port-base 0");
        }
    }

    @Test
    void aBaseWithoutRoomAboveItIsRefused() {
        assertThatExceptionOfType(StackException.class).isThrownBy(() -> new Ports(65_505));
        assertThatExceptionOfType(StackException.class).isThrownBy(() -> new Ports(-1));
    }
}
