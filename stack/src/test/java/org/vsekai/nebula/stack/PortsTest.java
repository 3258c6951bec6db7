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
        assertThat(Layout.SINGLE.all())
                .extracting(ports::http, ports::grpc)
                .containsExactly(tuple(7_700, 7_710), tuple(7_701, 7_711), tuple(7_702, 7_712), tuple(7_703, 7_713));
        assertThat(ports.postgres()).isEqualTo(7_720);
        assertThat(ports.cache()).isEqualTo(7_730);
        assertThat(ports.url(only(Service.ASSET_STORE))).hasToString("http://127.0.0.1:7702/");
    }

    @Test
    void replicasFollowTheFirstOfTheirKindAndNoPortIsGivenTwice() {
        Ports ports = new Ports(7_700);
        List<Instance> members = new Layout(3, 1, false).of(Service.ENTITY_SYNC);
        assertThat(members)
                .extracting(Instance::title, ports::http, ports::grpc, ports::raft)
                .containsExactly(
                        tuple("entity-sync-0", 7_703, 7_713, 7_723),
                        tuple("entity-sync-1", 7_704, 7_714, 7_724),
                        tuple("entity-sync-2", 7_705, 7_715, 7_725));
        List<Integer> all = new ArrayList<>(List.of(ports.postgres()));
        Layout largest = new Layout(Ports.MAX_REPLICAS, Layout.MAX_INSTANCES, true);
        largest.all().forEach(instance -> all.addAll(List.of(ports.http(instance), ports.grpc(instance))));
        largest.of(Service.ENTITY_SYNC)
                .forEach(member -> all.addAll(List.of(ports.raft(member), ports.cache() + member.replica())));
        assertThat(all).doesNotHaveDuplicates();
    }

    @Test
    void asManyAsMayRunRunAndAStoreInAFolderHasOne() {
        assertThat(new Layout(3, 2, false).all())
                .extracting(Instance::title)
                .containsExactly(
                        "updater-0",
                        "updater-1",
                        "cdn-registry-0",
                        "cdn-registry-1",
                        "asset-store",
                        "entity-sync-0",
                        "entity-sync-1",
                        "entity-sync-2");
        assertThat(new Layout(1, 2, true).of(Service.ASSET_STORE))
                .extracting(Instance::title, new Ports(7_700)::http, new Ports(7_700)::grpc)
                .containsExactly(tuple("asset-store-0", 7_702, 7_712), tuple("asset-store-1", 7_742, 7_745));
    }

    private static Instance only(Service service) {
        return Layout.SINGLE.of(service).getFirst();
    }

    @Test
    void aTakenPortIsNamed() throws IOException {
        Ports free = Ports.choose(0, new Layout(3, 1, false));
        try (ServerSocket taken = new ServerSocket(
                free.grpc(new Layout(3, 1, false).of(Service.ENTITY_SYNC).getLast()),
                1,
                InetAddress.getByName("127.0.0.1"))) {
            assertThatExceptionOfType(StackException.class)
                    .isThrownBy(() -> Ports.choose(free.base(), new Layout(3, 1, false)))
                    .withMessageContaining("Port " + taken.getLocalPort())
                    .withMessageContaining("--port-base 0");
        }
    }

    @Test
    void aBaseWithoutRoomAboveItIsRefused() {
        assertThatExceptionOfType(StackException.class).isThrownBy(() -> new Ports(65_495));
        assertThatExceptionOfType(StackException.class).isThrownBy(() -> new Ports(-1));
    }
}
