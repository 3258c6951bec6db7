package org.vsekai.nebula.client.entities;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.ByteString;
import org.vsekai.nebula.api.entities.v1.CellUpdate;
import org.vsekai.nebula.api.entities.v1.EntityState;
import org.vsekai.nebula.api.entities.v1.ServerFrame;
import org.vsekai.nebula.api.entities.v1.Welcome;
import org.vsekai.nebula.fuzz.Bounded;

/** Whatever a server sends is applied or refused as malformed, and the view is of use again after the next welcome. */
class ZoneViewFuzz {
    private static final byte[] WELCOME = ServerFrame.newBuilder()
            .setTick(1)
            .setWelcome(Welcome.newBuilder()
                    .setSession(1)
                    .setZone("z")
                    .setEpoch(1)
                    .setResumeToken(ByteString.copyFromUtf8("token"))
                    .setTicksPerSecond(20)
                    .setCellSize(10_000)
                    .setCellsX(4)
                    .setCellsZ(4)
                    .setLargestRadius(20_000))
            .addOpened(5)
            .addCells(CellUpdate.newBuilder()
                    .setCell(5)
                    .addEntered(EntityState.newBuilder()
                            .setHandle(7)
                            .setId(ByteString.copyFrom(new byte[16]))
                            .setX(3)))
            .build()
            .toByteArray();

    @FuzzTest(maxDuration = "15s")
    void apply(byte[] input) throws Exception {
        Bounded.run(input.length, () -> {
            ZoneView view = new ZoneView();
            view.apply(WELCOME, 0, WELCOME.length);
            for (int turn = 0; turn < 2; turn++) {
                try {
                    view.apply(input, 0, input.length);
                    view.forEach(slot -> assertThat(view.slot(view.id(slot))).isEqualTo(slot));
                } catch (MalformedFrameException e) {
                    assertThat(e).hasMessageNotContaining("null");
                }
            }
            view.apply(WELCOME, 0, WELCOME.length);
            assertThat(view.size()).isEqualTo(1);
        });
    }
}
