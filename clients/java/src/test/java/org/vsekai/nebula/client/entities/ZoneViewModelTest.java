package org.vsekai.nebula.client.entities;

import static org.assertj.core.api.Assertions.assertThat;
import static org.vsekai.nebula.client.entities.Frames.cell;
import static org.vsekai.nebula.client.entities.Frames.component;
import static org.vsekai.nebula.client.entities.Frames.componentUpdate;
import static org.vsekai.nebula.client.entities.Frames.departure;
import static org.vsekai.nebula.client.entities.Frames.entity;
import static org.vsekai.nebula.client.entities.Frames.frame;
import static org.vsekai.nebula.client.entities.Frames.group;
import static org.vsekai.nebula.client.entities.Frames.id;
import static org.vsekai.nebula.client.entities.Frames.owner;
import static org.vsekai.nebula.client.entities.Frames.welcome;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.vsekai.nebula.api.entities.v1.CellUpdate;
import org.vsekai.nebula.api.entities.v1.EntityState;
import org.vsekai.nebula.api.entities.v1.Movements;
import org.vsekai.nebula.api.entities.v1.ServerFrame;

/**
 * Random frames to the view and to the plainest reading of the contract, and to a listener's mirror; and frames that were cut off or
 * damaged. A failure names its seed.
 */
class ZoneViewModelTest {
    private static final int CELLS = 6;
    private static final int HANDLES = 60;

    private final long seed = Long.getLong("nebula.client.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private boolean begun;

    @Test
    void theViewHasWhatThePlainestReadingHas() {
        ZoneView view = new ZoneView();
        PlainView plain = new PlainView();
        Set<Integer> mirror = new HashSet<>();
        view.listen(new ViewListener() {
            @Override
            public void entered(ZoneView of, int slot) {
                assertThat(mirror.add(of.handle(slot))).as("seed %d", seed).isTrue();
            }

            @Override
            public void changed(ZoneView of, int slot) {
                assertThat(mirror).as("seed %d", seed).contains(of.handle(slot));
            }

            @Override
            public void left(ZoneView of, int slot) {
                assertThat(mirror.remove(of.handle(slot))).as("seed %d", seed).isTrue();
            }
        });
        for (int i = 0; i < 3_000; i++) {
            ServerFrame frame = randomFrame();
            byte[] bytes = frame.toByteArray();
            view.apply(bytes, 0, bytes.length);
            plain.apply(frame);
            assertSame(view, plain, i);
            assertThat(mirror).as("seed %d, frame %d", seed, i).isEqualTo(plain.entities.keySet());
        }
    }

    private void assertSame(ZoneView view, PlainView plain, int number) {
        assertThat(view.size()).as("seed %d, frame %d", seed, number).isEqualTo(plain.entities.size());
        assertThat(view.openCells()).as("seed %d, frame %d", seed, number).isEqualTo(plain.open.size());
        plain.entities.forEach((handle, entity) -> {
            int slot = view.slot(handle);
            assertThat(slot).as("seed %d, frame %d", seed, number).isNotNegative();
            assertThat(List.of(
                            Frames.bytes(view.id(slot)),
                            view.slot(view.id(slot)),
                            view.cell(slot),
                            view.owner(slot),
                            view.x(slot),
                            view.y(slot),
                            view.z(slot),
                            view.rotation(slot),
                            view.velocityX(slot),
                            view.velocityY(slot),
                            view.velocityZ(slot),
                            view.findComponent(slot, 1),
                            view.findComponent(slot, 7)))
                    .as("seed %d, frame %d", seed, number)
                    .isEqualTo(List.of(
                            entity.id,
                            slot,
                            entity.cell,
                            entity.owner,
                            entity.values[0],
                            entity.values[1],
                            entity.values[2],
                            entity.values[3],
                            entity.values[4],
                            entity.values[5],
                            entity.values[6],
                            java.util.Optional.ofNullable(entity.components.get(1)),
                            java.util.Optional.ofNullable(entity.components.get(7))));
        });
    }

    @Test
    void aFrameThatWasCutOffIsReadOrRefusedAndNothingElse() {
        int refused = 0;
        for (int i = 0; i < 60; i++) {
            byte[] bytes = randomFrame().toByteArray();
            for (int length = 0; length < bytes.length; length++) {
                refused += apply(bytes, length) ? 0 : 1;
            }
        }
        assertThat(refused).as("seed %d", seed).isPositive();
    }

    @Test
    void aDamagedFrameIsReadOrRefusedAndNothingElse() {
        int refused = 0;
        ZoneView view = new ZoneView();
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = randomFrame().toByteArray();
            for (int k = random.nextInt(4); k >= 0 && bytes.length > 0; k--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            try {
                // One view goes on with whatever the frames before made of it, as nothing may break what it holds
                // together.
                view.apply(bytes, 0, bytes.length);
            } catch (MalformedFrameException e) {
                refused++;
            }
        }
        assertThat(refused).as("seed %d", seed).isPositive();
        List<Integer> left = new ArrayList<>();
        view.forEach(slot -> left.add(view.handle(slot)));
        assertThat(left).as("seed %d", seed).hasSize(view.size()).doesNotHaveDuplicates();
        left.forEach(handle -> {
            int slot = view.slot(handle);
            assertThat(view.handle(slot)).isEqualTo(handle);
            assertThat(view.slot(view.id(slot))).isEqualTo(slot);
            assertThat(view.isOpen(view.cell(slot))).isTrue();
        });
    }

    private static boolean apply(byte[] bytes, int length) {
        ZoneView view = new ZoneView();
        byte[] first = frame(1).setWelcome(welcome(1, 1))
                .addOpened(1)
                .addOpened(2)
                .build()
                .toByteArray();
        view.apply(first, 0, first.length);
        try {
            view.apply(bytes, 0, length);
            return true;
        } catch (MalformedFrameException e) {
            return false;
        }
    }

    private ServerFrame randomFrame() {
        ServerFrame.Builder frame = frame(random.nextInt(1000));
        if (!begun || random.nextInt(400) == 0) {
            begun = true;
            frame.setWelcome(welcome(1, 1));
        }
        while (random.nextInt(4) == 0) {
            frame.addOpened(random.nextInt(CELLS));
        }
        while (random.nextInt(12) == 0) {
            frame.addClosed(random.nextInt(CELLS));
        }
        for (int i = random.nextInt(4); i > 0; i--) {
            frame.addCells(randomUpdate());
        }
        return frame.build();
    }

    private CellUpdate randomUpdate() {
        CellUpdate.Builder update = cell(random.nextInt(CELLS)).setReset(random.nextInt(20) == 0);
        for (int i = random.nextInt(4); i > 0; i--) {
            // Now and then a handle is another entity's, or an entity has another handle.
            int handle = handle();
            EntityState.Builder state = entity(
                            handle,
                            id(random.nextInt(10) == 0 ? handle() : handle),
                            random.nextInt(),
                            random.nextInt(),
                            random.nextInt())
                    .setOwner(random.nextInt(5))
                    .setVelocityX(random.nextInt(100));
            if (random.nextBoolean()) {
                state.addComponents(component(1, "a" + random.nextInt(9)));
            }
            if (random.nextBoolean()) {
                state.addComponents(component(7, ""));
            }
            update.addEntered(state);
        }
        while (random.nextInt(3) == 0) {
            update.addSettled(randomGroup());
        }
        while (random.nextInt(3) == 0) {
            update.addMoved(randomGroup());
        }
        while (random.nextInt(3) == 0) {
            update.addComponents(componentUpdate(handle(), random.nextBoolean() ? 1 : 7, "b" + random.nextInt(9)));
        }
        while (random.nextInt(3) == 0) {
            update.addOwners(owner(handle(), random.nextInt(5)));
        }
        while (random.nextInt(2) == 0) {
            update.addDeparted(
                    random.nextInt(3) == 0 ? departure(handle()) : departure(handle(), random.nextInt(CELLS)));
        }
        return update.build();
    }

    private Movements randomGroup() {
        int[] handles =
                random.ints(random.nextInt(12), 1, HANDLES).distinct().sorted().toArray();
        Movements.Builder group = group(handles);
        int columns = random.nextInt(8);
        for (int i = 0; i < handles.length; i++) {
            for (int axis = 0; axis < 3; axis++) {
                if ((columns & 1) != 0) {
                    group.addPositions(random.nextBoolean() ? random.nextInt() : random.nextInt(-200, 200));
                }
                if ((columns & 2) != 0) {
                    group.addVelocities(random.nextInt(-5000, 5000));
                }
            }
            if ((columns & 4) != 0) {
                group.addRotations(random.nextInt());
            }
        }
        return group.build();
    }

    private int handle() {
        return random.nextInt(1, HANDLES);
    }
}
