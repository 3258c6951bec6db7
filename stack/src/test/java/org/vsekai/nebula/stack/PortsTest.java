package org.vsekai.nebula.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

class PortsTest {
    @Test
    void servicesFollowTheBaseInTheirOrder() {
        Ports ports = new Ports(7_700);
        assertThat(ports.http(Service.UPDATER)).isEqualTo(7_700);
        assertThat(ports.http(Service.CDN_REGISTRY)).isEqualTo(7_701);
        assertThat(ports.http(Service.ASSET_STORE)).isEqualTo(7_702);
        assertThat(ports.grpc(Service.UPDATER)).isEqualTo(7_710);
        assertThat(ports.grpc(Service.ASSET_STORE)).isEqualTo(7_712);
        assertThat(ports.postgres()).isEqualTo(7_720);
        assertThat(ports.url(Service.ASSET_STORE)).hasToString("http://127.0.0.1:7702/");
    }

    @Test
    void aTakenPortIsNamed() throws IOException {
        Ports free = Ports.choose(0);
        try (ServerSocket taken =
                new ServerSocket(free.grpc(Service.CDN_REGISTRY), 1, InetAddress.getByName("127.0.0.1"))) {
            assertThatExceptionOfType(StackException.class)
                    .isThrownBy(() -> Ports.choose(free.base()))
                    .withMessageContaining("Port " + taken.getLocalPort())
                    .withMessageContaining("--port-base 0");
        }
    }

    @Test
    void aBaseWithoutRoomAboveItIsRefused() {
        assertThatExceptionOfType(StackException.class).isThrownBy(() -> new Ports(65_530));
        assertThatExceptionOfType(StackException.class).isThrownBy(() -> new Ports(-1));
    }
}
