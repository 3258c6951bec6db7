package org.vsekai.nebula.client.entities;

import com.google.protobuf.ByteString;
import io.grpc.ClientCall;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a session sends, and what it waits to be answered. Safe for threads; holds its lock only to copy, never while it calls anybody but
 * the stream.
 *
 * <p>Two batches: changes are staged in one, and a flush makes it the one that is being sent once the one before is. While the stream takes
 * nothing, a newer value replaces an older one that waits, wherever that stands: so no more is ever kept than one value of each component,
 * and a slow stream carries newest values and no history.
 *
 * <p>Changes that name a handle are taken only while the session is joined and its caller knows of it. Others would be meant for another
 * epoch, in which the handle may have been another entity's.
 */
final class Outbox {
    static final Duration ACKNOWLEDGEMENT_PERIOD = Duration.ofMillis(500);

    /** That a zone keeps of a session. */
    private static final int MOST_QUESTIONS = 64;

    /** What an acknowledgement takes in a frame. */
    private static final int ACKNOWLEDGEMENT = 16;

    private final ReentrantLock lock = new ReentrantLock();
    private final SessionSettings settings;
    private final LongSupplier nanos;
    private final BooleanSupplier onSessionThread;
    private final WireWriter frame = new WireWriter(256);
    private final WireWriter scratch = new WireWriter(64);
    private Changes staged = new Changes();
    private Changes sending = new Changes();
    private boolean flushing;
    private AreaOfInterest area;

    private final Map<Integer, Changes.Creation> creations = new HashMap<>();
    private final Map<Integer, Changes.Question> questions = new HashMap<>();
    private int lastRequest;

    /** Null while the session is not joined. */
    private @Nullable ClientCall<byte[], ?> call;

    private boolean announced;
    private @Nullable EntityClientException over;

    private long workedTick;
    private long acknowledgedTick;
    private long acknowledgedNanos;

    private long framesReceived;
    private long bytesReceived;
    private long framesSent;
    private long bytesSent;
    private int joins;

    /**
     * @param nanos a clock as {@link System#nanoTime}
     * @param onSessionThread whether the caller is the session's thread, which knows of a join before it is announced
     */
    Outbox(SessionSettings settings, LongSupplier nanos, BooleanSupplier onSessionThread) {
        this.settings = settings;
        this.nanos = nanos;
        this.onSessionThread = onSessionThread;
        area = settings.area();
    }

    // What callers do.

    void move(int handle, int x, int y, int z) {
        lock.lock();
        try {
            Movements movements = movements(handle);
            if (movements != null) {
                movements.move(handle, x, y, z);
            }
        } finally {
            lock.unlock();
        }
    }

    void turn(int handle, int rotation) {
        lock.lock();
        try {
            Movements movements = movements(handle);
            if (movements != null) {
                movements.turn(handle, rotation);
            }
        } finally {
            lock.unlock();
        }
    }

    void accelerate(int handle, int x, int y, int z) {
        lock.lock();
        try {
            Movements movements = movements(handle);
            if (movements != null) {
                movements.accelerate(handle, x, y, z);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Where a movement of this entity belongs; null if nowhere. */
    private @Nullable Movements movements(int handle) {
        if (!takesHandle(handle)) {
            return null;
        }
        if (sending.movements.contains(handle)) {
            return sending.movements;
        }
        if (!staged.movements.contains(handle) && staged.movements.size() >= settings.mostStagedMovements()) {
            throw new OverloadedException("movements of " + settings.mostStagedMovements()
                    + " entities wait to be sent, which is mostStagedMovements");
        }
        return staged.movements;
    }

    private boolean takesHandle(int handle) {
        if (handle == 0) {
            throw new IllegalArgumentException("no entity has handle 0");
        }
        return call != null && (announced || onSessionThread.getAsBoolean());
    }

    private void reserve(int bytes) {
        if (staged.bytes() + sending.bytes() + bytes > settings.mostStagedBytes()) {
            throw new OverloadedException(settings.mostStagedBytes()
                    + " bytes wait to be sent, which is mostStagedBytes; another " + bytes + " were added");
        }
    }

    void component(int handle, int number, ByteString value) {
        if (value.size() > Changes.LARGEST_PART) {
            throw new IllegalArgumentException("a component's value of " + value.size() + " bytes");
        }
        lock.lock();
        try {
            if (takesHandle(handle)) {
                reserve(value.size());
                (sending.hasComponent(handle, number) ? sending : staged).component(handle, number, value);
            }
        } finally {
            lock.unlock();
        }
    }

    void delete(int handle) {
        lock.lock();
        try {
            if (takesHandle(handle)) {
                reserve(1);
                staged.delete(handle);
            }
        } finally {
            lock.unlock();
        }
    }

    void requestAuthority(int handle) {
        lock.lock();
        try {
            if (takesHandle(handle)) {
                reserve(1);
                staged.requestAuthority(handle);
            }
        } finally {
            lock.unlock();
        }
    }

    void releaseAuthority(int handle, int to) {
        lock.lock();
        try {
            if (takesHandle(handle)) {
                reserve(1);
                staged.releaseAuthority(handle, to);
            }
        } finally {
            lock.unlock();
        }
    }

    void interest(AreaOfInterest newArea) {
        lock.lock();
        try {
            if (newArea.follow() == 0 || takesHandle(newArea.follow())) {
                area = newArea;
                if (call != null) {
                    staged.interest(newArea);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    CompletableFuture<CreatedEntity> create(NewEntity entity) {
        lock.lock();
        try {
            if (over != null) {
                return CompletableFuture.failedFuture(over);
            }
            if (creations.size() >= settings.mostRequests()) {
                return CompletableFuture.failedFuture(new OverloadedException(
                        settings.mostRequests() + " creations wait for an answer, which is mostRequests"));
            }
            int request = nextRequest();
            scratch.clear();
            entity.write(request, scratch);
            if (scratch.size() > Changes.LARGEST_PART) {
                throw new IllegalArgumentException("an entity of " + scratch.size() + " bytes");
            }
            reserve(scratch.size());
            Changes.Creation creation = new Changes.Creation(scratch.toByteArray());
            creations.put(request, creation);
            staged.create(creation);
            return creation.answer;
        } catch (OverloadedException e) {
            return CompletableFuture.failedFuture(e);
        } finally {
            lock.unlock();
        }
    }

    CompletableFuture<Durability> ask(Durability level) {
        lock.lock();
        try {
            if (over != null) {
                return CompletableFuture.failedFuture(over);
            }
            if (call == null) {
                return CompletableFuture.failedFuture(
                        new OutcomeUnknownException("the session is not joined, and what it wrote before may be lost"));
            }
            questions.values().removeIf(question -> question.answer.isDone());
            int most = Math.min(settings.mostRequests(), MOST_QUESTIONS);
            if (questions.size() >= most) {
                return CompletableFuture.failedFuture(
                        new OverloadedException(most + " questions of durability wait for an answer, as many as may"));
            }
            reserve(1);
            Changes.Question question = new Changes.Question(nextRequest(), level);
            questions.put(question.request, question);
            staged.ask(question);
            return question.answer;
        } catch (OverloadedException e) {
            return CompletableFuture.failedFuture(e);
        } finally {
            lock.unlock();
        }
    }

    /** Never 0, and none that waits for an answer. */
    private int nextRequest() {
        do {
            lastRequest++;
        } while (lastRequest == 0 || creations.containsKey(lastRequest) || questions.containsKey(lastRequest));
        return lastRequest;
    }

    void flush() {
        lock.lock();
        try {
            flushing |= !staged.isEmpty();
            drain();
        } finally {
            lock.unlock();
        }
    }

    SessionStatistics statistics() {
        lock.lock();
        try {
            return new SessionStatistics(framesReceived, bytesReceived, framesSent, bytesSent, joins);
        } finally {
            lock.unlock();
        }
    }

    // What the session's thread does.

    AreaOfInterest area() {
        lock.lock();
        try {
            return area;
        } finally {
            lock.unlock();
        }
    }

    /** Has another area than {@code expected} be sent, if none was chosen meanwhile. */
    void sendArea(AreaOfInterest expected, AreaOfInterest newArea) {
        lock.lock();
        try {
            if (area.equals(expected)) {
                area = newArea;
                staged.interest(newArea);
                flushing = true;
                drain();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Notes the area that the session has joined with, if none was chosen since {@code expected}. */
    void noteArea(AreaOfInterest expected, AreaOfInterest joinedWith) {
        lock.lock();
        try {
            if (area.equals(expected)) {
                area = joinedWith;
            }
        } finally {
            lock.unlock();
        }
    }

    /** The session is joined: what waits may go. */
    void attach(ClientCall<byte[], ?> stream) {
        lock.lock();
        try {
            call = stream;
            announced = false;
            joins++;
            workedTick = 0;
            acknowledgedTick = 0;
            acknowledgedNanos = nanos.getAsLong() - ACKNOWLEDGEMENT_PERIOD.toNanos();
        } finally {
            lock.unlock();
        }
    }

    /** The session's caller knows that it is joined. */
    void announce() {
        lock.lock();
        try {
            announced = true;
            drain();
        } finally {
            lock.unlock();
        }
    }

    /**
     * The stream is gone. Changes that name handles are forgotten; creations that were not sent will be after the next join.
     *
     * @return whose outcome nobody knows; for the caller to complete
     */
    List<CompletableFuture<?>> detach() {
        lock.lock();
        try {
            call = null;
            announced = false;
            sending.forgetHandles();
            staged.forgetHandles();
            staged.restore(sending);
            flushing |= !staged.isEmpty();
            List<CompletableFuture<?>> open = new ArrayList<>();
            creations.values().removeIf(creation -> creation.sent && open.add(creation.answer));
            questions.values().forEach(question -> open.add(question.answer));
            questions.clear();
            return open;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Nothing is sent any more, and nothing is asked for but to fail.
     *
     * @return what was asked for and not answered; for the caller to complete
     */
    List<CompletableFuture<?>> close(EntityClientException with) {
        lock.lock();
        try {
            over = with;
            List<CompletableFuture<?>> open = detach();
            creations.values().forEach(creation -> open.add(creation.answer));
            creations.clear();
            staged = new Changes();
            sending = new Changes();
            return open;
        } finally {
            lock.unlock();
        }
    }

    /** The stream takes frames again. */
    void ready() {
        lock.lock();
        try {
            drain();
        } finally {
            lock.unlock();
        }
    }

    /** A frame was worked through: asks for the next one, and acknowledges this one if it is time to. */
    void worked(long tick, int bytes) {
        lock.lock();
        try {
            framesReceived++;
            bytesReceived += bytes;
            workedTick = tick;
            ClientCall<byte[], ?> stream = call;
            if (stream != null) {
                stream.request(1);
                drain();
                if (owesAcknowledgement() && stream.isReady()) {
                    frame.clear();
                    send(stream);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** The creation's answer, if one is waited for. */
    @Nullable
    CompletableFuture<CreatedEntity> answered(int request) {
        lock.lock();
        try {
            Changes.Creation creation = creations.get(request);
            // What was not sent cannot have been answered, whatever a server says.
            if (creation == null || !creation.sent) {
                return null;
            }
            creations.remove(request);
            return creation.answer;
        } finally {
            lock.unlock();
        }
    }

    /** The question's answer, if one is waited for and this level is enough for it. */
    @Nullable
    CompletableFuture<Durability> answered(int request, Durability level) {
        lock.lock();
        try {
            Changes.Question question = questions.get(request);
            if (question == null || level.compareTo(question.level) < 0) {
                return null;
            }
            questions.remove(request);
            return question.answer;
        } finally {
            lock.unlock();
        }
    }

    /** The question's answer, if one is waited for, to a question that the zone will not answer. */
    @Nullable
    CompletableFuture<Durability> unanswerable(int request) {
        lock.lock();
        try {
            Changes.Question question = questions.remove(request);
            return question == null ? null : question.answer;
        } finally {
            lock.unlock();
        }
    }

    // With the lock held.

    private void drain() {
        ClientCall<byte[], ?> stream = call;
        if (stream == null) {
            return;
        }
        while (stream.isReady()) {
            if (sending.isEmpty()) {
                if (!flushing) {
                    return;
                }
                Changes next = staged;
                staged = sending;
                sending = next;
                flushing = false;
                sending.begin();
                if (sending.isEmpty()) {
                    return;
                }
            }
            frame.clear();
            sending.take(frame, Changes.LARGEST_FRAME - ACKNOWLEDGEMENT);
            send(stream);
        }
    }

    private boolean owesAcknowledgement() {
        return workedTick != acknowledgedTick
                && nanos.getAsLong() - acknowledgedNanos >= ACKNOWLEDGEMENT_PERIOD.toNanos();
    }

    private void send(ClientCall<byte[], ?> stream) {
        if (owesAcknowledgement()) {
            frame.uint64(8, workedTick);
            acknowledgedTick = workedTick;
            acknowledgedNanos = nanos.getAsLong();
        }
        stream.sendMessage(frame.toByteArray());
        framesSent++;
        bytesSent += frame.size();
    }
}
