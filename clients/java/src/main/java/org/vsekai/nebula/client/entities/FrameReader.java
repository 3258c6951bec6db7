package org.vsekai.nebula.client.entities;

import static org.vsekai.nebula.client.entities.WireReader.DELIMITED;
import static org.vsekai.nebula.client.entities.WireReader.FIXED32;
import static org.vsekai.nebula.client.entities.WireReader.VARINT;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Parser;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.api.entities.v1.AuthorityNotice;
import org.vsekai.nebula.api.entities.v1.Created;
import org.vsekai.nebula.api.entities.v1.DurableAcknowledgement;
import org.vsekai.nebula.api.entities.v1.Redirect;
import org.vsekai.nebula.api.entities.v1.Refused;
import org.vsekai.nebula.api.entities.v1.Welcome;

/**
 * Reads {@code ServerFrame}s and does to a view what they say. Not safe for threads.
 *
 * <p>What comes in every frame is read from the bytes, without an object for it; what is rare is parsed with the generated classes. Fields
 * take effect in the order of their numbers, whatever the order in which they stand: a server may well write the cells that it opens before
 * the {@code Welcome} that begins the view anew.
 *
 * <p>Nothing of a frame is trusted. Columns are read before any of a group is applied, and take no more memory than four times the frame.
 */
final class FrameReader {
    /** What of a frame is not the view's. Called in the order of the bytes, after the view was changed. */
    interface Messages {
        void created(Created created);

        void refused(Refused refused);

        void authority(AuthorityNotice notice);

        void redirect(Redirect redirect);

        void durable(DurableAcknowledgement acknowledgement);
    }

    private final ZoneView view;
    private final WireReader frame = new WireReader();
    private final WireReader cell = new WireReader();
    private final WireReader part = new WireReader();
    private final WireReader inner = new WireReader();
    private final Numbers opened = new Numbers();
    private final Numbers closed = new Numbers();
    private final Numbers handles = new Numbers();
    private final Numbers positions = new Numbers();
    private final Numbers rotations = new Numbers();
    private final Numbers velocities = new Numbers();
    private @Nullable Welcome welcome;
    private boolean redirected;

    FrameReader(ZoneView view) {
        this.view = view;
    }

    /** What the frame that was applied last began with; null if with nothing. */
    @Nullable
    Welcome welcome() {
        return welcome;
    }

    /** Whether the frame that was applied last tells where the zone is now. */
    boolean redirected() {
        return redirected;
    }

    void apply(byte[] bytes, int offset, int length) {
        if (length > ZoneView.LARGEST_FRAME) {
            throw new MalformedFrameException("it has more than " + ZoneView.LARGEST_FRAME + " bytes");
        }
        frame.read(bytes, offset, length);
        opened.clear();
        closed.clear();
        welcome = null;
        redirected = false;
        long tick = view.tick;
        while (!frame.atEnd()) {
            int tag = frame.tag();
            switch (tag) {
                case 1 << 3 | VARINT -> tick = frame.varint64();
                case 2 << 3 | DELIMITED -> welcome = parse(Welcome.parser());
                case 3 << 3 | VARINT, 3 << 3 | DELIMITED -> opened.read(frame, tag);
                case 4 << 3 | VARINT, 4 << 3 | DELIMITED -> closed.read(frame, tag);
                case 9 << 3 | DELIMITED -> {
                    redirected = true;
                    frame.skipField(tag);
                }
                default -> frame.skipField(tag);
            }
        }
        if (welcome != null) {
            view.begin(JoinedZone.of(welcome));
        }
        view.tick = tick;
        for (int i = 0; i < opened.size(); i++) {
            view.open(opened.values()[i]);
        }
        for (int i = 0; i < closed.size(); i++) {
            view.close(closed.values()[i]);
        }
        frame.read(bytes, offset, length);
        while (!frame.atEnd()) {
            int tag = frame.tag();
            if (tag == (5 << 3 | DELIMITED)) {
                frame.into(cell);
                cell();
            } else {
                frame.skipField(tag);
            }
        }
    }

    /** Tells what the frame says beside the view; for a frame that was applied. */
    void tell(byte[] bytes, int offset, int length, Messages to) {
        frame.read(bytes, offset, length);
        while (!frame.atEnd()) {
            int tag = frame.tag();
            switch (tag) {
                case 6 << 3 | DELIMITED -> to.created(parse(Created.parser()));
                case 7 << 3 | DELIMITED -> to.refused(parse(Refused.parser()));
                case 8 << 3 | DELIMITED -> to.authority(parse(AuthorityNotice.parser()));
                case 9 << 3 | DELIMITED -> to.redirect(parse(Redirect.parser()));
                case 10 << 3 | DELIMITED -> to.durable(parse(DurableAcknowledgement.parser()));
                default -> frame.skipField(tag);
            }
        }
    }

    private <M> M parse(Parser<M> parser) {
        int length = frame.length();
        try {
            M message = parser.parseFrom(frame.bytes(), frame.offset(), length);
            frame.skip(length);
            return message;
        } catch (InvalidProtocolBufferException e) {
            throw new MalformedFrameException("a part of it is no message", e);
        }
    }

    private void cell() {
        int start = cell.offset();
        int number = 0;
        boolean reset = false;
        boolean ordered = true;
        int last = 0;
        while (!cell.atEnd()) {
            int tag = cell.tag();
            switch (tag) {
                case 1 << 3 | VARINT -> number = cell.varint32();
                case 2 << 3 | VARINT -> reset = cell.varint64() != 0;
                default -> {
                    ordered &= tag >>> 3 >= last;
                    last = tag >>> 3;
                    cell.skipField(tag);
                }
            }
        }
        if (!view.isOpen(number)) {
            view.unknownCells++;
            return;
        }
        if (reset) {
            view.empty(number);
        }
        if (ordered) {
            cell.seek(start);
            changes(number, 3, 8);
        } else {
            for (int field = 3; field <= 8; field++) {
                cell.seek(start);
                changes(number, field, field);
            }
        }
    }

    /** Applies the fields with these numbers. */
    private void changes(int number, int first, int last) {
        while (!cell.atEnd()) {
            int tag = cell.tag();
            int field = tag >>> 3;
            if (field < first || field > last || (tag & 7) != DELIMITED) {
                cell.skipField(tag);
                continue;
            }
            cell.into(part);
            switch (field) {
                case 3 -> entered(number);
                case 4 -> movements(false);
                case 5 -> movements(true);
                case 6 -> component();
                case 7 -> owner();
                default -> departed(number);
            }
        }
    }

    private void entered(int cellNumber) {
        int start = part.offset();
        int handle = 0;
        boolean identified = false;
        long idHigh = 0;
        long idLow = 0;
        int owner = 0;
        int x = 0;
        int y = 0;
        int z = 0;
        int rotation = 0;
        int velocityX = 0;
        int velocityY = 0;
        int velocityZ = 0;
        boolean components = false;
        while (!part.atEnd()) {
            int tag = part.tag();
            switch (tag) {
                case 1 << 3 | VARINT -> handle = part.varint32();
                case 2 << 3 | DELIMITED -> {
                    int length = part.length();
                    if (length != 16) {
                        throw new MalformedFrameException("an id of " + length + " bytes");
                    }
                    identified = true;
                    idHigh = part.bigEndian(part.offset());
                    idLow = part.bigEndian(part.offset() + 8);
                    part.skip(length);
                }
                case 3 << 3 | VARINT -> owner = part.varint32();
                case 4 << 3 | VARINT -> x = part.zigzag();
                case 5 << 3 | VARINT -> y = part.zigzag();
                case 6 << 3 | VARINT -> z = part.zigzag();
                case 7 << 3 | FIXED32 -> rotation = part.fixed32();
                case 8 << 3 | VARINT -> velocityX = part.zigzag();
                case 9 << 3 | VARINT -> velocityY = part.zigzag();
                case 10 << 3 | VARINT -> velocityZ = part.zigzag();
                case 11 << 3 | DELIMITED -> {
                    components = true;
                    part.skipField(tag);
                }
                default -> part.skipField(tag);
            }
        }
        if (handle == 0 || !identified) {
            throw new MalformedFrameException("an entity without a handle or an id");
        }
        int slot = place(handle, idHigh, idLow, cellNumber);
        boolean isNew = slot < 0;
        if (isNew) {
            slot = view.add(handle, idHigh, idLow, cellNumber);
        } else {
            view.forgetComponents(slot);
        }
        view.owner[slot] = owner;
        view.x[slot] = x;
        view.y[slot] = y;
        view.z[slot] = z;
        view.rotation[slot] = rotation;
        view.velocityX[slot] = velocityX;
        view.velocityY[slot] = velocityY;
        view.velocityZ[slot] = velocityZ;
        if (components) {
            part.seek(start);
            components(slot);
        }
        view.updates++;
        ViewListener listener = view.listener();
        if (listener != null) {
            if (isNew) {
                listener.entered(view, slot);
            } else {
                listener.changed(view, slot);
            }
        }
    }

    /** The entity's slot, now in this cell; -1 if it is new. Whoever had its handle or its id before is gone without a word. */
    private int place(int handle, long idHigh, long idLow, int cellNumber) {
        int slot = view.slot(handle);
        if (slot >= 0) {
            if (view.idHigh(slot) == idHigh && view.idLow(slot) == idLow) {
                view.cross(slot, cellNumber);
                return slot;
            }
            view.remove(slot);
        }
        int namesake = view.slot(idHigh, idLow);
        if (namesake >= 0) {
            view.remove(namesake);
        }
        return -1;
    }

    private void components(int slot) {
        while (!part.atEnd()) {
            int tag = part.tag();
            if (tag == (11 << 3 | DELIMITED)) {
                part.into(inner);
                component(inner, 0, slot);
            } else {
                part.skipField(tag);
            }
        }
    }

    private void movements(boolean differences) {
        handles.clear();
        positions.clear();
        rotations.clear();
        velocities.clear();
        while (!part.atEnd()) {
            int tag = part.tag();
            switch (tag) {
                case 1 << 3 | VARINT, 1 << 3 | DELIMITED -> handles.read(part, tag);
                case 2 << 3 | VARINT, 2 << 3 | DELIMITED -> positions.read(part, tag);
                case 3 << 3 | FIXED32, 3 << 3 | DELIMITED -> rotations.readFixed(part, tag);
                case 4 << 3 | VARINT, 4 << 3 | DELIMITED -> velocities.read(part, tag);
                default -> part.skipField(tag);
            }
        }
        int count = handles.size();
        boolean moves = column(positions, 3 * count, "positions");
        boolean turns = column(rotations, count, "rotations");
        boolean accelerates = column(velocities, 3 * count, "velocities");
        int known = findSlots(count);
        int[] slots = handles.values();
        if (moves) {
            if (differences) {
                addTriples(slots, count, positions.values(), view.x, view.y, view.z);
            } else {
                setTriples(slots, count, positions.values(), view.x, view.y, view.z);
            }
        }
        if (turns) {
            int[] values = rotations.values();
            int[] to = view.rotation;
            for (int i = 0; i < count; i++) {
                if (slots[i] >= 0) {
                    to[slots[i]] = values[i];
                }
            }
        }
        if (accelerates) {
            setTriples(slots, count, velocities.values(), view.velocityX, view.velocityY, view.velocityZ);
        }
        view.updates += known;
        view.unknownHandles += count - known;
        ViewListener listener = view.listener();
        for (int i = 0; listener != null && i < count; i++) {
            if (slots[i] >= 0) {
                listener.changed(view, slots[i]);
            }
        }
    }

    /** Puts slots where the handles' differences stood; how many are not -1. */
    private int findSlots(int count) {
        int[] steps = handles.values();
        int handle = 0;
        int known = 0;
        for (int i = 0; i < count; i++) {
            handle += steps[i];
            int slot = view.slot(handle);
            steps[i] = slot;
            known += slot < 0 ? 0 : 1;
        }
        return known;
    }

    private static void setTriples(int[] slots, int count, int[] values, int[] x, int[] y, int[] z) {
        for (int i = 0; i < count; i++) {
            int slot = slots[i];
            if (slot >= 0) {
                x[slot] = WireReader.zigzag(values[3 * i]);
                y[slot] = WireReader.zigzag(values[3 * i + 1]);
                z[slot] = WireReader.zigzag(values[3 * i + 2]);
            }
        }
    }

    private static void addTriples(int[] slots, int count, int[] values, int[] x, int[] y, int[] z) {
        for (int i = 0; i < count; i++) {
            int slot = slots[i];
            if (slot >= 0) {
                x[slot] += WireReader.zigzag(values[3 * i]);
                y[slot] += WireReader.zigzag(values[3 * i + 1]);
                z[slot] += WireReader.zigzag(values[3 * i + 2]);
            }
        }
    }

    private static boolean column(Numbers numbers, int wanted, String what) {
        if (numbers.size() != 0 && numbers.size() != wanted) {
            throw new MalformedFrameException(numbers.size() + " " + what + " where " + wanted + " belong");
        }
        return numbers.size() != 0;
    }

    private void component() {
        component(part, 1, -1);
    }

    /**
     * Reads a component's number and value, which are the two fields after that with the handle, if there is one.
     *
     * @param handleField the number of the field with the entity's handle, or 0 if there is none since the slot is known
     */
    private void component(WireReader from, int handleField, int known) {
        int handle = 0;
        int number = 0;
        int offset = from.offset();
        int length = 0;
        while (!from.atEnd()) {
            int tag = from.tag();
            int field = (tag >>> 3) - handleField;
            if (field == 0 && (tag & 7) == VARINT) {
                handle = from.varint32();
            } else if (field == 1 && (tag & 7) == VARINT) {
                number = from.varint32();
            } else if (field == 2 && (tag & 7) == DELIMITED) {
                length = from.length();
                offset = from.offset();
                from.skip(length);
            } else {
                from.skipField(tag);
            }
        }
        int slot = handleField == 0 ? known : view.slot(handle);
        if (slot < 0) {
            view.unknownHandles++;
            return;
        }
        ComponentSchema schema = schema(number);
        if (schema == null) {
            view.unknownComponents++;
            return;
        }
        if (Integer.compareUnsigned(length, schema.largest()) > 0) {
            throw new MalformedFrameException("a value of %d bytes for %s".formatted(length, schema));
        }
        view.set(slot, number, ByteString.copyFrom(from.bytes(), offset, length));
        if (handleField != 0) {
            told(slot);
        }
    }

    private @Nullable ComponentSchema schema(int number) {
        JoinedZone zone = view.zone();
        if (zone != null) {
            for (ComponentSchema schema : zone.components()) {
                if (schema.number() == number) {
                    return schema;
                }
            }
        }
        return null;
    }

    private void owner() {
        int handle = 0;
        int owner = 0;
        while (!part.atEnd()) {
            int tag = part.tag();
            switch (tag) {
                case 1 << 3 | VARINT -> handle = part.varint32();
                case 2 << 3 | VARINT -> owner = part.varint32();
                default -> part.skipField(tag);
            }
        }
        int slot = view.slot(handle);
        if (slot < 0) {
            view.unknownHandles++;
        } else {
            view.owner[slot] = owner;
            told(slot);
        }
    }

    private void told(int slot) {
        view.updates++;
        ViewListener listener = view.listener();
        if (listener != null) {
            listener.changed(view, slot);
        }
    }

    private void departed(int cellNumber) {
        int handle = 0;
        int to = 0;
        while (!part.atEnd()) {
            int tag = part.tag();
            switch (tag) {
                case 1 << 3 | VARINT -> handle = part.varint32();
                case 2 << 3 | VARINT -> to = part.varint32();
                default -> part.skipField(tag);
            }
        }
        int slot = view.slot(handle);
        // Who is in another cell has been told of there, by a frame before this one or by an earlier part of it.
        if (slot >= 0 && view.cell(slot) == cellNumber) {
            if (to != 0 && view.isOpen(to - 1)) {
                view.cross(slot, to - 1);
            } else {
                view.remove(slot);
            }
        }
    }
}
