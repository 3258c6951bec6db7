package org.vsekai.nebula.zones;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What changed in each cell, as {@code ServerFrame.cells} fields, encoded once in each tick for all sessions that heard the same before.
 * Not safe for threads.
 *
 * <p>Two sessions that see a cell and were both told of it in the tick {@code since} need the same bytes now, whatever else they see. So the
 * unit that is encoded, kept for the tick and copied into frames is the cell and its {@code since}. If {@code since} is the end of the
 * tier's last period, the common case, positions are told as differences to what they were then; else as they are.
 *
 * <p>A block is a chain of segments; each is one field, of at most {@value #SEGMENT} bytes and one entity's state.
 */
final class CellEncoder {
    static final int SEGMENT = 48 << 10;

    /** As many as fit into a segment, however large their numbers are. */
    private static final int MOST_IN_GROUP = 1024;

    private static final int POSITION = 1;
    private static final int ROTATION = 2;
    private static final int VELOCITY = 4;

    private final EntityTable entities;
    private final ComponentTable components;
    private final CellGrid grid;

    private final WireWriter arena = new WireWriter(1 << 16);
    private final WireWriter body = new WireWriter(SEGMENT + (SEGMENT >> 1));
    private final WireWriter row = new WireWriter(1024);
    private final WireWriter group = new WireWriter(SEGMENT);
    private final WireWriter handles = new WireWriter(MOST_IN_GROUP * 2);
    private final WireWriter positions = new WireWriter(MOST_IN_GROUP * 8);
    private final WireWriter rotations = new WireWriter(MOST_IN_GROUP * 4);
    private final WireWriter velocities = new WireWriter(MOST_IN_GROUP * 8);
    private final SlotList[] masked = new SlotList[8];
    private final SlotList owned = new SlotList();
    private final SlotList set = new SlotList();

    /** Blocks of this tick, a list for each cell that has any. */
    private final int[] firstBlock;

    private final int[] firstBlockTick;
    private int[] since = new int[256];
    private int[] tiers = new int[256];
    private int[] nextBlock = new int[256];
    private int[] firstSegment = new int[256];
    private int[] lengths = new int[256];
    private int[] updates = new int[256];
    private int blocks;

    private int[] offsets = new int[256];
    private int[] segmentLengths = new int[256];
    private int segments;

    private int tick;
    private int counted;

    CellEncoder(EntityTable entities, ComponentTable components, CellGrid grid, int cells) {
        this.entities = entities;
        this.components = components;
        this.grid = grid;
        firstBlock = new int[cells];
        firstBlockTick = new int[cells];
        Arrays.setAll(masked, i -> new SlotList());
    }

    /** What was encoded for the tick before is gone. */
    void begin(int nowTick) {
        tick = nowTick;
        arena.clear();
        blocks = 0;
        segments = 0;
    }

    /** Where segments' bytes stand; may be another after each call of {@link #block}. Callers may append what is theirs. */
    WireWriter arena() {
        return arena;
    }

    /**
     * The block for those who heard of the cell in {@code since}, in this tick.
     *
     * @param since 0 for those to whom the cell is new
     * @param tier whose last period ended in {@code since}, for differences; -1 for values
     */
    int block(int cell, int since, int tier) {
        if (firstBlockTick[cell] != tick) {
            firstBlockTick[cell] = tick;
            firstBlock[cell] = -1;
        }
        for (int block = firstBlock[cell]; block >= 0; block = nextBlock[block]) {
            if (this.since[block] == since && tiers[block] == tier) {
                return block;
            }
        }
        if (blocks == this.since.length) {
            int more = blocks * 2;
            this.since = Arrays.copyOf(this.since, more);
            tiers = Arrays.copyOf(tiers, more);
            nextBlock = Arrays.copyOf(nextBlock, more);
            firstSegment = Arrays.copyOf(firstSegment, more);
            lengths = Arrays.copyOf(lengths, more);
            updates = Arrays.copyOf(updates, more);
        }
        int block = blocks++;
        this.since[block] = since;
        tiers[block] = tier;
        nextBlock[block] = firstBlock[cell];
        firstBlock[cell] = block;
        firstSegment[block] = segments;
        int start = arena.size();
        counted = 0;
        encode(cell, since, tier);
        lengths[block] = arena.size() - start;
        updates[block] = counted;
        return block;
    }

    int length(int block) {
        return lengths[block];
    }

    /** How many entities it tells of. */
    int updates(int block) {
        return updates[block];
    }

    int firstSegment(int block) {
        return firstSegment[block];
    }

    int endSegment(int block) {
        return block + 1 == blocks ? segments : firstSegment[block + 1];
    }

    int offset(int segment) {
        return offsets[segment];
    }

    int segmentLength(int segment) {
        return segmentLengths[segment];
    }

    private void encode(int cell, int heard, int tier) {
        body.clear();
        body.uint32(1, cell);
        CellGrid.@Nullable Departures departures = grid.departures(cell);
        int from = heard;
        if (departures != null && departures.forgotten() > heard) {
            from = 0;
        }
        if (from == 0) {
            // Also to those to whom the cell is new: another cell's departures may have sent entities here that are
            // gone again.
            body.uint32(2, 1);
        }
        for (SlotList list : masked) {
            list.clear();
        }
        owned.clear();
        set.clear();
        int[] members = grid.members(cell);
        int count = grid.count(cell);
        for (int i = 0; i < count; i++) {
            int slot = members[i];
            if (entities.changed[slot] <= from) {
                continue;
            }
            if (entities.entered[slot] > from) {
                state(cell, slot);
                continue;
            }
            int mask = (entities.moved[slot] > from ? POSITION : 0)
                    | (entities.turned[slot] > from ? ROTATION : 0)
                    | (entities.accelerated[slot] > from ? VELOCITY : 0);
            if (mask != 0) {
                masked[mask].add(slot);
            }
            if (entities.handedOver[slot] > from) {
                owned.add(slot);
            }
            if (entities.componentSet[slot] > from) {
                set.add(slot);
            }
        }
        for (int mask = 1; mask < masked.length; mask++) {
            movements(cell, mask, masked[mask], tier);
        }
        components(cell, from);
        owners(cell);
        if (departures != null && from > 0) {
            departures(cell, departures, from);
        }
        end();
    }

    private void end() {
        if (segments == offsets.length) {
            offsets = Arrays.copyOf(offsets, segments * 2);
            segmentLengths = Arrays.copyOf(segmentLengths, segments * 2);
        }
        offsets[segments] = arena.size();
        arena.delimited(5, body);
        segmentLengths[segments] = arena.size() - offsets[segments];
        segments++;
    }

    private void split(int cell, int coming) {
        if (body.size() + coming > SEGMENT) {
            end();
            body.clear();
            body.uint32(1, cell);
        }
    }

    private void state(int cell, int slot) {
        row.clear();
        row.uint32(1, slot);
        row.uuid(2, entities.idHigh[slot], entities.idLow[slot]);
        row.uint32(3, entities.owner[slot]);
        row.sint32(4, entities.x[slot]);
        row.sint32(5, entities.y[slot]);
        row.sint32(6, entities.z[slot]);
        row.fixed32(7, entities.rotation[slot]);
        row.sint32(8, entities.velocityX[slot]);
        row.sint32(9, entities.velocityY[slot]);
        row.sint32(10, entities.velocityZ[slot]);
        for (int column = 0; column < components.columns(); column++) {
            if (components.has(column, slot)) {
                group.clear();
                group.uint32(1, components.schema(column).number());
                components.write(column, slot, 2, group);
                row.delimited(11, group);
            }
        }
        split(cell, row.size());
        body.delimited(3, row);
        counted++;
    }

    private void movements(int cell, int mask, SlotList slots, int tier) {
        for (int first = 0; first < slots.size(); first += MOST_IN_GROUP) {
            int end = Math.min(slots.size(), first + MOST_IN_GROUP);
            handles.clear();
            positions.clear();
            rotations.clear();
            velocities.clear();
            int before = 0;
            for (int i = first; i < end; i++) {
                int slot = slots.get(i);
                handles.varint(slot - before);
                before = slot;
                if ((mask & POSITION) != 0) {
                    if (tier < 0) {
                        positions.zigzag(entities.x[slot]);
                        positions.zigzag(entities.y[slot]);
                        positions.zigzag(entities.z[slot]);
                    } else {
                        positions.zigzag(entities.x[slot] - entities.baseX[tier][slot]);
                        positions.zigzag(entities.y[slot] - entities.baseY[tier][slot]);
                        positions.zigzag(entities.z[slot] - entities.baseZ[tier][slot]);
                    }
                }
                if ((mask & ROTATION) != 0) {
                    rotations.fixed32(entities.rotation[slot]);
                }
                if ((mask & VELOCITY) != 0) {
                    velocities.zigzag(entities.velocityX[slot]);
                    velocities.zigzag(entities.velocityY[slot]);
                    velocities.zigzag(entities.velocityZ[slot]);
                }
            }
            group.clear();
            group.delimited(1, handles);
            group.packed(2, positions);
            group.packed(3, rotations);
            group.packed(4, velocities);
            split(cell, group.size());
            body.delimited(tier < 0 ? 4 : 5, group);
            counted += end - first;
        }
    }

    private void components(int cell, int from) {
        for (int i = 0; i < set.size(); i++) {
            int slot = set.get(i);
            for (int column = 0; column < components.columns(); column++) {
                if (components.tick(column, slot) > from) {
                    row.clear();
                    row.uint32(1, slot);
                    row.uint32(2, components.schema(column).number());
                    components.write(column, slot, 3, row);
                    split(cell, row.size());
                    body.delimited(6, row);
                    counted++;
                }
            }
        }
    }

    private void owners(int cell) {
        for (int i = 0; i < owned.size(); i++) {
            row.clear();
            row.uint32(1, owned.get(i));
            row.uint32(2, entities.owner[owned.get(i)]);
            split(cell, row.size());
            body.delimited(7, row);
            counted++;
        }
    }

    /** Told is where an entity is now, not where it went first: cells in between may have been told of before. */
    private void departures(int cell, CellGrid.Departures departures, int from) {
        for (int i = departures.after(from); i < departures.count(); i++) {
            int slot = departures.slot(i);
            int now = entities.cell[slot];
            if (now != cell) {
                row.clear();
                row.uint32(1, slot);
                row.uint32(2, now + 1);
                split(cell, row.size());
                body.delimited(8, row);
                counted++;
            }
        }
    }
}
