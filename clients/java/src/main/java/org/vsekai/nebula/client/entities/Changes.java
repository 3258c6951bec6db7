package org.vsekai.nebula.client.entities;

import com.google.protobuf.ByteString;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What goes out together. Filled while it is staged, then taken apart into as many frames as the protocol's limits ask for. Not safe for
 * threads.
 *
 * <p>In which order it takes effect does not depend on the frames: entities are created, moved and given components, then change hands, then
 * are deleted; whether it is all safe is asked last.
 */
final class Changes {
    /** Bytes of a frame. */
    static final int LARGEST_FRAME = 64 << 10;

    /** Bytes of one creation or one component, so that it fits into a frame whatever else must be in there. */
    static final int LARGEST_PART = 60 << 10;

    static final int MOST_CREATED = 256;
    static final int MOST_MOVED = 2048;
    static final int MOST_COMPONENTS = 256;
    static final int MOST_DELETED = 256;
    static final int MOST_AUTHORITY = 64;

    /** What a number, a handle and their tags take at most. */
    private static final int SMALL = 32;

    private static final int REQUEST = 1;
    private static final int RELEASE = 2;

    final Movements movements = new Movements();
    private final ArrayDeque<Creation> creations = new ArrayDeque<>();
    private final LinkedHashMap<Long, ByteString> components = new LinkedHashMap<>();
    private final ArrayDeque<Authority> authority = new ArrayDeque<>();
    private final ArrayDeque<Integer> deleted = new ArrayDeque<>();
    private final ArrayDeque<Question> questions = new ArrayDeque<>();
    private @Nullable AreaOfInterest interest;
    private long bytes;
    private final WireWriter part = new WireWriter(64);

    boolean isEmpty() {
        return movements.isEmpty()
                && creations.isEmpty()
                && components.isEmpty()
                && authority.isEmpty()
                && deleted.isEmpty()
                && questions.isEmpty()
                && interest == null;
    }

    /** About as many as everything but the movements takes. */
    long bytes() {
        return bytes;
    }

    void create(Creation creation) {
        creations.add(creation);
        bytes += creation.encoded.length;
    }

    boolean hasComponent(int handle, int number) {
        return components.containsKey(key(handle, number));
    }

    /** Replaces what was to be set before. */
    void component(int handle, int number, ByteString value) {
        ByteString before = components.put(key(handle, number), value);
        bytes += before == null ? SMALL + value.size() : value.size() - before.size();
    }

    private static long key(int handle, int number) {
        return (long) handle << 32 | (number & 0xFFFF_FFFFL);
    }

    void requestAuthority(int handle) {
        authority.add(new Authority(REQUEST, handle, 0));
        bytes += SMALL;
    }

    void releaseAuthority(int handle, int to) {
        authority.add(new Authority(RELEASE, handle, to));
        bytes += SMALL;
    }

    void delete(int handle) {
        deleted.add(handle);
        bytes += SMALL;
    }

    void ask(Question question) {
        questions.add(question);
        bytes += SMALL;
    }

    void interest(AreaOfInterest area) {
        interest = area;
    }

    /** Nothing is added from now on; only what is not yet taken may be replaced. */
    void begin() {
        movements.begin();
    }

    /** Takes what fits into a frame, at least something if there is anything. */
    void take(WireWriter frame, int largestFrame) {
        takeCreations(frame, largestFrame);
        movements.take(frame, MOST_MOVED, largestFrame);
        takeComponents(frame, largestFrame);
        boolean deletes = false;
        // An entity that changes hands or goes must have been told all that was staged of it before.
        if (movements.isEmpty() && components.isEmpty()) {
            takeAuthority(frame, largestFrame);
            if (authority.isEmpty()) {
                deletes = takeDeleted(frame, largestFrame);
            }
        }
        AreaOfInterest area = interest;
        if (area != null && frame.size() + SMALL <= largestFrame) {
            part.clear();
            area.write(part);
            frame.delimited(7, part);
            interest = null;
        }
        // A server may delete only after it has read the whole frame, so the question goes with the next one then.
        if (!deletes
                && creations.isEmpty()
                && movements.isEmpty()
                && components.isEmpty()
                && authority.isEmpty()
                && deleted.isEmpty()) {
            takeQuestion(frame, largestFrame);
        }
    }

    private void takeCreations(WireWriter frame, int largestFrame) {
        for (int i = 0; i < MOST_CREATED; i++) {
            Creation creation = creations.peek();
            if (creation == null || frame.size() + SMALL + creation.encoded.length > largestFrame) {
                return;
            }
            creations.remove();
            creation.sent = true;
            bytes -= creation.encoded.length;
            frame.delimited(2, creation.encoded);
        }
    }

    private void takeComponents(WireWriter frame, int largestFrame) {
        Iterator<Map.Entry<Long, ByteString>> each = components.entrySet().iterator();
        for (int i = 0; i < MOST_COMPONENTS && each.hasNext(); i++) {
            Map.Entry<Long, ByteString> component = each.next();
            ByteString value = component.getValue();
            if (frame.size() + SMALL + value.size() > largestFrame) {
                return;
            }
            part.clear();
            part.uint32(1, (int) (component.getKey() >>> 32));
            part.uint32(2, (int) (long) component.getKey());
            part.bytes(3, value);
            frame.delimited(4, part);
            bytes -= SMALL + value.size();
            each.remove();
        }
    }

    private void takeAuthority(WireWriter frame, int largestFrame) {
        for (int i = 0; i < MOST_AUTHORITY && frame.size() + SMALL <= largestFrame; i++) {
            Authority change = authority.poll();
            if (change == null) {
                return;
            }
            part.clear();
            part.uint32(1, change.kind);
            part.uint32(2, change.handle);
            part.uint32(3, change.to);
            frame.delimited(6, part);
            bytes -= SMALL;
        }
    }

    private boolean takeDeleted(WireWriter frame, int largestFrame) {
        part.clear();
        for (int i = 0; i < MOST_DELETED && frame.size() + part.size() + SMALL <= largestFrame; i++) {
            Integer handle = deleted.poll();
            if (handle == null) {
                break;
            }
            part.varint(handle);
            bytes -= SMALL;
        }
        frame.packed(5, part);
        return part.size() > 0;
    }

    private void takeQuestion(WireWriter frame, int largestFrame) {
        if (frame.size() + SMALL <= largestFrame) {
            Question question = questions.poll();
            if (question != null) {
                part.clear();
                part.uint32(1, question.request);
                part.uint32(2, question.level.number);
                frame.delimited(9, part);
                bytes -= SMALL;
            }
        }
    }

    /** Everything is gone but the creations, which mean the same in whatever epoch. */
    void forgetHandles() {
        movements.clear();
        components.clear();
        authority.clear();
        deleted.clear();
        questions.clear();
        interest = null;
        bytes = 0;
        for (Creation creation : creations) {
            bytes += creation.encoded.length;
        }
    }

    /** Takes the creations from another batch, which were to be sent before those here. */
    void restore(Changes from) {
        while (!from.creations.isEmpty()) {
            Creation creation = from.creations.removeLast();
            from.bytes -= creation.encoded.length;
            creations.addFirst(creation);
            bytes += creation.encoded.length;
        }
    }

    /** An entity that was asked for, encoded as a {@code CreateEntity}. */
    static final class Creation {
        final byte[] encoded;
        final CompletableFuture<CreatedEntity> answer = new CompletableFuture<>();
        boolean sent;

        Creation(byte[] encoded) {
            this.encoded = encoded;
        }
    }

    /** Whether all that was staged before is safe. */
    static final class Question {
        final int request;
        final Durability level;
        final CompletableFuture<Durability> answer = new CompletableFuture<>();

        Question(int request, Durability level) {
            this.request = request;
            this.level = level;
        }
    }

    private record Authority(int kind, int handle, int to) {}
}
