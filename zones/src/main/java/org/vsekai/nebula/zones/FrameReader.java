package org.vsekai.nebula.zones;

/**
 * Reads {@code ClientFrame}s and has the zone do what they say. Not safe for threads.
 *
 * <p>Nothing of a frame is trusted: every count is bounded before anything is kept for it, and what a session may not do is refused by the
 * zone.
 */
final class FrameReader {
    static final int LARGEST_FRAME = 64 << 10;
    static final int MOST_CREATED = 256;
    static final int MOST_MOVED = 2048;
    static final int MOST_COMPONENTS = 256;
    static final int MOST_DELETED = 256;
    static final int MOST_AUTHORITY = 64;

    private final Zone zone;
    private final WireReader frame = new WireReader();
    private final WireReader part = new WireReader();
    private final ComponentReader component = new ComponentReader();
    private final Numbers handles = new Numbers(MOST_MOVED);
    private final Numbers positions = new Numbers(3 * MOST_MOVED);
    private final Numbers rotations = new Numbers(MOST_MOVED);
    private final Numbers velocities = new Numbers(3 * MOST_MOVED);
    private final Numbers deleted = new Numbers(MOST_DELETED);
    private final int[] componentNumbers = new int[ComponentSchema.MOST];
    private final int[] componentOffsets = new int[ComponentSchema.MOST];
    private final int[] componentLengths = new int[ComponentSchema.MOST];
    private int askedRequest;
    private int askedLevel;

    FrameReader(Zone zone) {
        this.zone = zone;
    }

    void apply(Session session, byte[] bytes, int offset, int length) throws InvalidFrameException {
        if (length > LARGEST_FRAME) {
            throw new InvalidFrameException("it has more than " + LARGEST_FRAME + " bytes");
        }
        frame.read(bytes, offset, length);
        int created = 0;
        int moved = 0;
        int components = 0;
        int authority = 0;
        deleted.clear();
        boolean asked = false;
        while (!frame.atEnd()) {
            int tag = frame.tag();
            switch (tag) {
                case 1 << 3 | WireReader.DELIMITED -> throw new InvalidFrameException("a session joins once");
                case 2 << 3 | WireReader.DELIMITED -> {
                    created = counted(created, MOST_CREATED, "entities created");
                    frame.into(part);
                    create(session);
                }
                case 3 << 3 | WireReader.DELIMITED -> {
                    frame.into(part);
                    moved = movements(session, moved);
                }
                case 4 << 3 | WireReader.DELIMITED -> {
                    components = counted(components, MOST_COMPONENTS, "components");
                    frame.into(part);
                    component(session);
                }
                case 5 << 3 | WireReader.DELIMITED, 5 << 3 | WireReader.VARINT -> deleted.read(frame, tag);
                case 6 << 3 | WireReader.DELIMITED -> {
                    authority = counted(authority, MOST_AUTHORITY, "changes of authority");
                    frame.into(part);
                    authority(session);
                }
                case 7 << 3 | WireReader.DELIMITED -> {
                    frame.into(part);
                    interest(session, part);
                }
                case 8 << 3 | WireReader.VARINT -> session.acknowledged = frame.varint64();
                case 9 << 3 | WireReader.DELIMITED -> {
                    frame.into(part);
                    durability();
                    asked = true;
                }
                default -> frame.skipField(tag);
            }
        }
        for (int i = 0; i < deleted.size(); i++) {
            zone.delete(session, deleted.get(i));
        }
        if (asked) {
            zone.askDurability(session, askedRequest, askedLevel);
        }
    }

    private static int counted(int before, int most, String what) throws InvalidFrameException {
        if (before == most) {
            throw new InvalidFrameException("it has more than " + most + " " + what);
        }
        return before + 1;
    }

    private void create(Session session) throws InvalidFrameException {
        int request = 0;
        boolean given = false;
        long high = 0;
        long low = 0;
        int x = 0;
        int y = 0;
        int z = 0;
        int rotation = 0;
        boolean persistent = false;
        int count = 0;
        while (!part.atEnd()) {
            int tag = part.tag();
            switch (tag) {
                case 1 << 3 | WireReader.VARINT -> request = part.varint32();
                case 2 << 3 | WireReader.DELIMITED -> {
                    int length = part.length();
                    if (length != 0 && length != 16) {
                        throw new InvalidFrameException("an id of " + length + " bytes");
                    }
                    given = length == 16;
                    if (given) {
                        high = bigEndian(part.bytes(), part.offset());
                        low = bigEndian(part.bytes(), part.offset() + 8);
                    }
                    part.skip(length);
                }
                case 3 << 3 | WireReader.VARINT -> x = part.zigzag();
                case 4 << 3 | WireReader.VARINT -> y = part.zigzag();
                case 5 << 3 | WireReader.VARINT -> z = part.zigzag();
                case 6 << 3 | WireReader.FIXED32 -> rotation = part.fixed32();
                case 7 << 3 | WireReader.DELIMITED -> {
                    if (count == ComponentSchema.MOST) {
                        throw new InvalidFrameException("an entity with more than " + count + " components");
                    }
                    part.into(component.message);
                    component.read();
                    componentNumbers[count] = component.number;
                    componentOffsets[count] = component.offset;
                    componentLengths[count++] = component.length;
                }
                case 8 << 3 | WireReader.VARINT -> persistent = part.varint64() != 0;
                default -> part.skipField(tag);
            }
        }
        int slot = zone.create(session, request, given, high, low, x, y, z, rotation, persistent);
        for (int i = 0; i < count && slot > 0; i++) {
            zone.set(session, slot, componentNumbers[i], part.bytes(), componentOffsets[i], componentLengths[i]);
        }
    }

    private static long bigEndian(byte[] bytes, int offset) {
        long value = 0;
        for (int i = 0; i < 8; i++) {
            value = value << 8 | bytes[offset + i] & 0xff;
        }
        return value;
    }

    private int movements(Session session, int before) throws InvalidFrameException {
        handles.clear();
        positions.clear();
        rotations.clear();
        velocities.clear();
        while (!part.atEnd()) {
            int tag = part.tag();
            switch (tag) {
                case 1 << 3 | WireReader.DELIMITED, 1 << 3 | WireReader.VARINT -> handles.read(part, tag);
                case 2 << 3 | WireReader.DELIMITED, 2 << 3 | WireReader.VARINT -> positions.read(part, tag);
                case 3 << 3 | WireReader.DELIMITED, 3 << 3 | WireReader.FIXED32 -> rotations.read(part, tag);
                case 4 << 3 | WireReader.DELIMITED, 4 << 3 | WireReader.VARINT -> velocities.read(part, tag);
                default -> part.skipField(tag);
            }
        }
        int count = handles.size();
        if (before + count > MOST_MOVED) {
            throw new InvalidFrameException("it moves more than " + MOST_MOVED + " entities");
        }
        boolean moves = column(positions, 3 * count, "positions");
        boolean turns = column(rotations, count, "rotations");
        boolean accelerates = column(velocities, 3 * count, "velocities");
        int handle = 0;
        for (int i = 0; i < count; i++) {
            handle += handles.get(i);
            if (!zone.mayChange(session, handle)) {
                continue;
            }
            if (moves) {
                zone.move(
                        handle,
                        zigzag(positions.get(3 * i)),
                        zigzag(positions.get(3 * i + 1)),
                        zigzag(positions.get(3 * i + 2)));
            }
            if (turns) {
                zone.turn(handle, rotations.get(i));
            }
            if (accelerates) {
                zone.accelerate(
                        handle,
                        zigzag(velocities.get(3 * i)),
                        zigzag(velocities.get(3 * i + 1)),
                        zigzag(velocities.get(3 * i + 2)));
            }
        }
        return before + count;
    }

    private static boolean column(Numbers numbers, int wanted, String what) throws InvalidFrameException {
        if (numbers.size() != 0 && numbers.size() != wanted) {
            throw new InvalidFrameException(numbers.size() + " " + what + " where " + wanted + " belong");
        }
        return wanted != 0 && numbers.size() == wanted;
    }

    private static int zigzag(int value) {
        return (value >>> 1) ^ -(value & 1);
    }

    private void component(Session session) throws InvalidFrameException {
        int handle = 0;
        int number = 0;
        int offset = 0;
        int length = 0;
        while (!part.atEnd()) {
            int tag = part.tag();
            switch (tag) {
                case 1 << 3 | WireReader.VARINT -> handle = part.varint32();
                case 2 << 3 | WireReader.VARINT -> number = part.varint32();
                case 3 << 3 | WireReader.DELIMITED -> {
                    length = part.length();
                    offset = part.offset();
                    part.skip(length);
                }
                default -> part.skipField(tag);
            }
        }
        if (zone.mayChange(session, handle)) {
            zone.set(session, handle, number, part.bytes(), offset, length);
        }
    }

    private void authority(Session session) throws InvalidFrameException {
        int kind = 0;
        int handle = 0;
        int to = 0;
        while (!part.atEnd()) {
            int tag = part.tag();
            switch (tag) {
                case 1 << 3 | WireReader.VARINT -> kind = part.varint32();
                case 2 << 3 | WireReader.VARINT -> handle = part.varint32();
                case 3 << 3 | WireReader.VARINT -> to = part.varint32();
                default -> part.skipField(tag);
            }
        }
        switch (kind) {
            case 1 -> zone.requestAuthority(session, handle);
            case 2 -> zone.releaseAuthority(session, handle, to);
            default -> throw new InvalidFrameException("a change of authority of kind " + kind);
        }
    }

    private void interest(Session session, WireReader from) throws InvalidFrameException {
        int x = 0;
        int z = 0;
        int radius = 0;
        int follow = 0;
        while (!from.atEnd()) {
            int tag = from.tag();
            switch (tag) {
                case 1 << 3 | WireReader.VARINT -> x = from.zigzag();
                case 2 << 3 | WireReader.VARINT -> z = from.zigzag();
                case 3 << 3 | WireReader.VARINT -> radius = from.varint32();
                case 4 << 3 | WireReader.VARINT -> follow = from.varint32();
                default -> from.skipField(tag);
            }
        }
        zone.interest(session, x, z, radius, follow);
    }

    /** What is asked covers all of its frame, and so is noted and asked last. */
    private void durability() throws InvalidFrameException {
        askedRequest = 0;
        askedLevel = 0;
        while (!part.atEnd()) {
            int tag = part.tag();
            switch (tag) {
                case 1 << 3 | WireReader.VARINT -> askedRequest = part.varint32();
                case 2 << 3 | WireReader.VARINT -> askedLevel = part.varint32();
                default -> part.skipField(tag);
            }
        }
    }

    /** A repeated number, packed or not, of at most so many. */
    private static final class Numbers {
        private final int[] values;
        private int size;

        Numbers(int most) {
            values = new int[most];
        }

        void clear() {
            size = 0;
        }

        int size() {
            return size;
        }

        int get(int i) {
            return values[i];
        }

        void read(WireReader from, int tag) throws InvalidFrameException {
            switch (tag & 7) {
                case WireReader.VARINT -> add(from.varint32());
                case WireReader.FIXED32 -> add(from.fixed32());
                default -> {
                    boolean fixed = tag >>> 3 == 3;
                    int end = from.length() + from.offset();
                    while (from.offset() < end) {
                        add(fixed ? from.fixed32() : from.varint32());
                    }
                    if (from.offset() != end) {
                        throw new InvalidFrameException("a list ends within a number");
                    }
                }
            }
        }

        private void add(int value) throws InvalidFrameException {
            if (size == values.length) {
                throw new InvalidFrameException("a list of more than " + values.length + " numbers");
            }
            values[size++] = value;
        }
    }
}
