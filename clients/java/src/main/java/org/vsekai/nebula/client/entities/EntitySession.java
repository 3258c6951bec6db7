package org.vsekai.nebula.client.entities;

import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.api.entities.v1.AuthorityNotice;
import org.vsekai.nebula.api.entities.v1.Created;
import org.vsekai.nebula.api.entities.v1.DurableAcknowledgement;
import org.vsekai.nebula.api.entities.v1.Redirect;
import org.vsekai.nebula.api.entities.v1.Refused;
import org.vsekai.nebula.api.entities.v1.Welcome;

/**
 * One session in a zone, over however many streams it takes. {@link EntityClient#open} makes it, and it begins to join at once.
 *
 * <p><b>Lifecycle.</b> When the stream is lost, goes silent, or the server says that the zone moved or the session reads too slowly, it
 * joins again with its resume token, after a random pause that grows with each attempt, until its
 * patience ends: where it was or, at once, where the server sends it, and then in turn at the addresses that its client knows.
 * {@link #ended} tells how it came to its end: in order, after {@link #close}, or with an {@link EntityClientException}.
 *
 * <p><b>Threads.</b> Every session has one thread, which is one of its client's event loops and serves other sessions too. Everything that
 * happens to a session happens there, one thing after another: listeners are called, the view changes, futures are completed and their
 * dependants run. None of that may wait. The methods here may be called from any thread, and none of them waits.
 *
 * <p><b>Changes</b> are staged and sent by {@link #flush}; several of the same component of the same entity become the newest one. They take
 * effect in this order, whatever order they were staged in: creations, movements, components, authority, deletions. Where the stream takes
 * nothing, what is flushed waits, and newer values replace the waiting ones. A change that names a handle is dropped in silence while the
 * session is not joined, up to the end of {@link SessionListener#joined}: in a new epoch the handle may be another entity's. Who stages from
 * threads other than the session's should guard the handles that it keeps with a lock that {@code joined} takes too.
 *
 * <p><b>Bounds.</b> Inbound, a few frames are taken before they are worked through, and gRPC holds back the rest. What waits to be sent and
 * what waits to be answered is bounded by {@link SessionSettings}; beyond that calls fail with an {@link OverloadedException}.
 */
public final class EntitySession implements AutoCloseable {
    /** Frames that gRPC may hand over before the first of them is worked through. */
    private static final int PREFETCHED = 4;

    /** How long a server may take to end a stream in order. */
    private static final Duration GOODBYE = Duration.ofSeconds(2);

    private static final int MOST_READERS = 1024;

    private enum Stage {
        WAITING,
        JOINING,
        JOINED,
        LEAVING,
        ENDED
    }

    private final EntityClient client;
    private final EventLoop loop;
    private final SessionSettings settings;
    private final TicketSupplier tickets;
    private final SessionListener listener;
    private final LongSupplier nanos;
    private final RandomGenerator random;
    private final Outbox outbox;
    private final CompletableFuture<JoinedZone> joined = new CompletableFuture<>();
    private final CompletableFuture<@Nullable Void> ended = new CompletableFuture<>();
    private final AtomicInteger readers = new AtomicInteger();

    // What follows belongs to the session's thread.
    private final ZoneView view;
    private final ReceivedFrame received = new ReceivedFrame();
    private final MethodDescriptor<byte[], ReceivedFrame> method = received.method();
    private final Messages messages = new Messages();
    private Stage stage = Stage.WAITING;
    private Address address;

    /** Which of the client's addresses comes next when nobody is found. */
    private int turn;

    private ByteString resumeToken = ByteString.EMPTY;

    /** Counts attempts, so that what an earlier one brings late is told from what this one does. */
    private int attempt;

    private int failures;
    /** Whether the last attempt was made at once, where a redirect led. */
    private boolean sentOn;

    private long patienceEnds;
    private long joinedNanos;
    private long heardNanos;
    private Channels.@Nullable Lease lease;
    private @Nullable Stream stream;
    private @Nullable ScheduledFuture<?> timer;
    private @Nullable ScheduledFuture<?> watch;
    private @Nullable Redirect redirect;

    /** The area that the last attempt joined with, which follows nobody if the session was joined before. */
    private AreaOfInterest joinedWith = AreaOfInterest.NOTHING;

    /** The entity that the area followed when the stream was lost. */
    private @Nullable UUID followed;

    private long epoch;

    EntitySession(
            EntityClient client,
            EventLoop loop,
            SessionSettings settings,
            TicketSupplier tickets,
            SessionListener listener,
            @Nullable ViewListener viewListener,
            LongSupplier nanos,
            RandomGenerator random) {
        this.client = client;
        this.loop = loop;
        this.settings = settings;
        this.tickets = tickets;
        this.listener = listener;
        this.nanos = nanos;
        this.random = random;
        address = nextAddress();
        view = new ZoneView(settings.mostEntities());
        view.listen(viewListener);
        outbox = new Outbox(settings, nanos, loop::inEventLoop);
    }

    void begin() {
        loop.execute(() -> {
            patienceEnds = nanos.getAsLong() + settings.patience().toNanos();
            if (stage == Stage.WAITING) {
                attempt();
            }
        });
    }

    // What callers do, from any thread.

    public SessionSettings settings() {
        return settings;
    }

    /** Completed when the session is joined for the first time; fails as {@link #ended} does if it never is. */
    public CompletableFuture<JoinedZone> joined() {
        return joined.copy();
    }

    /**
     * Completed when the session is over: normally after {@link #close}; else with the {@link EntityClientException} that ended it, or with
     * what a listener threw.
     */
    public CompletableFuture<@Nullable Void> ended() {
        return ended.copy();
    }

    /**
     * Has the view read on the session's thread. What the reader keeps must be a copy.
     *
     * @return what the reader returned or threw; fails with {@link OverloadedException} if more than {@value #MOST_READERS} wait, and with
     *     {@link SessionClosedException} if the client is closed
     */
    public <T extends @Nullable Object> CompletableFuture<T> read(Function<ZoneView, T> reader) {
        if (readers.incrementAndGet() > MOST_READERS) {
            readers.decrementAndGet();
            return CompletableFuture.failedFuture(new OverloadedException(MOST_READERS + " readers of the view wait"));
        }
        CompletableFuture<T> answer = new CompletableFuture<>();
        try {
            loop.execute(() -> {
                readers.decrementAndGet();
                try {
                    answer.complete(reader.apply(view));
                } catch (RuntimeException e) {
                    answer.completeExceptionally(e);
                }
            });
        } catch (RejectedExecutionException e) {
            readers.decrementAndGet();
            answer.completeExceptionally(closedHere());
        }
        return answer;
    }

    public SessionStatistics statistics() {
        return outbox.statistics();
    }

    /**
     * Stages the creation of an entity. It is kept over a loss of the stream as long as it was not sent.
     *
     * @return the entity. Fails with {@link RequestRefusedException}; {@link OutcomeUnknownException} if the stream was lost after it was
     *     sent; {@link OverloadedException}; or {@link SessionClosedException} or what ended the session
     * @throws IllegalArgumentException if it takes more bytes than a frame has room for
     */
    public CompletableFuture<CreatedEntity> create(NewEntity entity) {
        return outbox.create(entity);
    }

    /**
     * Stages an entity's position in millimetres.
     *
     * @throws OverloadedException if movements of too many entities wait
     */
    public void move(int handle, int x, int y, int z) {
        outbox.move(handle, x, y, z);
    }

    /**
     * Stages an entity's rotation, as {@link Rotations} has it.
     *
     * @throws OverloadedException if movements of too many entities wait
     */
    public void turn(int handle, int rotation) {
        outbox.turn(handle, rotation);
    }

    /**
     * Stages an entity's velocity in millimetres a second.
     *
     * @throws OverloadedException if movements of too many entities wait
     */
    public void accelerate(int handle, int x, int y, int z) {
        outbox.accelerate(handle, x, y, z);
    }

    /**
     * Stages a named component's value.
     *
     * @param number as in {@link JoinedZone#components}
     * @throws IllegalArgumentException if the value takes more bytes than a frame has room for
     * @throws OverloadedException if too many bytes wait
     */
    public void setComponent(int handle, int number, ByteString value) {
        outbox.component(handle, number, value);
    }

    /**
     * Stages the deletion of an entity.
     *
     * @throws OverloadedException if too many bytes wait
     */
    public void delete(int handle) {
        outbox.delete(handle);
    }

    /**
     * Stages the request to own an entity; {@link SessionListener#authorityGranted} tells if it is.
     *
     * @throws OverloadedException if too many bytes wait
     */
    public void requestAuthority(int handle) {
        outbox.requestAuthority(handle);
    }

    /**
     * Stages the handing over of an entity.
     *
     * @param to the session that shall own it; 0: nobody
     * @throws OverloadedException if too many bytes wait
     */
    public void releaseAuthority(int handle, int to) {
        outbox.releaseAuthority(handle, to);
    }

    /**
     * Stages another area of interest. It is kept when the session joins again; one that follows an entity does so again as soon as the
     * entity is seen in the new epoch, whatever its handle is then.
     */
    public void setInterest(AreaOfInterest area) {
        outbox.interest(area);
    }

    /**
     * Stages the question when everything that this session staged before is safe. Not every server can promise every level; where the
     * answer may stay away, {@link CompletableFuture#orTimeout} bounds the wait.
     *
     * @return a level that is not lower. Fails with {@link OutcomeUnknownException} if the stream is lost before the answer;
     *     {@link OverloadedException}; or {@link SessionClosedException} or what ended the session
     */
    public CompletableFuture<Durability> askDurability(Durability level) {
        return outbox.ask(level);
    }

    /** Sends what was staged, as soon as the stream takes it. */
    public void flush() {
        outbox.flush();
    }

    /** Leaves the zone: what it owned there is nobody's or deleted. What was staged and not flushed is not done. Does not wait. */
    @Override
    public void close() {
        if (!ended.isDone()) {
            loop.execute(this::leave);
        }
    }

    // What follows runs on the session's thread.

    private void attempt() {
        stage = Stage.JOINING;
        attempt++;
        redirect = null;
        int number = attempt;
        long time = Math.min(settings.attempt().toNanos(), patienceEnds - nanos.getAsLong());
        setTimer(
                () -> failed(new StreamLostException(
                        "no welcome from %s within %d ms".formatted(address, TimeUnit.NANOSECONDS.toMillis(time)),
                        null)),
                time);
        CompletionStage<ByteString> ticket;
        try {
            ticket = tickets.ticket(settings.zone());
        } catch (RuntimeException e) {
            failed(new TicketUnavailableException(e));
            return;
        }
        CompletionStage<ByteString> unused = ticket.whenComplete((bytes, failure) -> loop.execute(() -> {
            if (number == attempt && stage == Stage.JOINING) {
                if (failure != null) {
                    failed(new TicketUnavailableException(failure));
                } else {
                    join(bytes);
                }
            }
        }));
    }

    private void join(ByteString ticket) {
        chooseArea();
        WireWriter interest = new WireWriter(32);
        joinedWith.write(interest);
        WireWriter join = new WireWriter(512);
        join.text(1, settings.zone());
        join.bytes(2, ticket);
        join.delimited(3, interest);
        join.bytes(4, resumeToken);
        WireWriter frame = new WireWriter(512);
        frame.delimited(1, join);

        Channels.Lease taken = client.channels().acquire(address, loop);
        lease = taken;
        if (failures > 0) {
            // gRPC would not try to connect for as long as it likes, and this session has pauses of its own.
            taken.channel().resetConnectBackoff();
        }
        ClientCall<byte[], ReceivedFrame> call =
                taken.channel().newCall(method, CallOptions.DEFAULT.withExecutor(this::onLoop));
        Stream opened = new Stream(call);
        stream = opened;
        call.start(opened, new Metadata());
        call.request(PREFETCHED);
        call.sendMessage(frame.toByteArray());
    }

    /** At once where this is the session's thread, as it is for all that comes from the connection. */
    private void onLoop(Runnable work) {
        if (loop.inEventLoop()) {
            work.run();
        } else {
            loop.execute(work);
        }
    }

    /** A handle that the area follows may be another entity's in a new epoch, so the middle stands still until that is known. */
    private void chooseArea() {
        AreaOfInterest area = outbox.area();
        followed = null;
        if (area.follow() == 0 || !joined.isDone()) {
            joinedWith = area;
            return;
        }
        int slot = view.slot(area.follow());
        if (slot < 0) {
            joinedWith = AreaOfInterest.around(area.x(), area.z(), area.radius());
        } else {
            joinedWith = AreaOfInterest.around(view.x(slot), view.z(slot), area.radius());
            followed = view.id(slot);
        }
    }

    private void received(Stream from, ReceivedFrame frame) {
        if (stage == Stage.LEAVING) {
            // The stream's end comes after its messages.
            from.call.request(1);
            return;
        }
        heardNanos = nanos.getAsLong();
        try {
            FrameReader reader = view.reader();
            reader.apply(frame.bytes(), 0, frame.length());
            Welcome welcome = reader.welcome();
            if (welcome != null) {
                welcomed(from, welcome);
            } else if (stage == Stage.JOINING && !reader.redirected()) {
                throw new MalformedFrameException("the first one holds no welcome");
            }
            redirect = null;
            reader.tell(frame.bytes(), 0, frame.length(), messages);
            seekFollowed();
            if (stage == Stage.JOINED) {
                listener.received(this, view);
            }
            if (redirect != null) {
                redirected(redirect);
            } else {
                outbox.worked(view.tick(), frame.length());
            }
        } catch (MalformedFrameException e) {
            failed(e);
        } catch (RuntimeException e) {
            end(e);
        }
    }

    private void welcomed(Stream by, Welcome welcome) {
        if (stage != Stage.JOINING) {
            throw new MalformedFrameException("a session is welcomed once");
        }
        JoinedZone zone = view.findZone().orElseThrow();
        cancelTimer();
        stage = Stage.JOINED;
        joinedNanos = nanos.getAsLong();
        resumeToken = JoinedZone.resumeToken(welcome);
        boolean again = joined.isDone();
        outbox.attach(by.call);
        restoreArea(again && zone.epoch() == epoch);
        epoch = zone.epoch();
        watchSilence();
        listener.joined(this, zone, again);
        outbox.announce();
        // Not before that: whoever waits for this on another thread may name handles at once.
        joined.complete(zone);
    }

    private void restoreArea(boolean sameEpoch) {
        AreaOfInterest area = outbox.area();
        if (area.equals(joinedWith)) {
            followed = null;
        } else if (area.follow() == 0 || sameEpoch) {
            followed = null;
            outbox.sendArea(area, area);
        } else {
            outbox.noteArea(area, joinedWith);
        }
    }

    /** In a new epoch the entity that was followed is known by its id alone. */
    private void seekFollowed() {
        UUID id = followed;
        if (id != null && stage == Stage.JOINED) {
            int slot = view.slot(id);
            if (slot >= 0) {
                followed = null;
                outbox.sendArea(joinedWith, AreaOfInterest.following(view.handle(slot), joinedWith.radius()));
            }
        }
    }

    private void redirected(Redirect to) {
        Address next;
        try {
            next = Address.parse(to.getAddress());
        } catch (IllegalArgumentException e) {
            throw new MalformedFrameException("it redirects to no address", e);
        }
        failed(new ZoneMovedException("zone %s moved to %s".formatted(settings.zone(), next)));
        address = next;
    }

    private void watchSilence() {
        long silence = settings.silence().toNanos();
        heardNanos = nanos.getAsLong();
        watch = loop.scheduleWithFixedDelay(
                () -> {
                    if (stage == Stage.JOINED && nanos.getAsLong() - heardNanos > silence) {
                        failed(new StreamLostException(
                                "nothing came for " + settings.silence().toMillis() + " ms", null));
                    }
                },
                silence / 4,
                silence / 4,
                TimeUnit.NANOSECONDS);
    }

    private void closed(Status status, Metadata trailers) {
        if (stage == Stage.LEAVING) {
            end(null);
        } else {
            failed(StreamFailures.of(status, trailers));
        }
    }

    private void failed(EntityClientException cause) {
        boolean wasJoined = stage == Stage.JOINED;
        drop();
        List<CompletableFuture<?>> open = outbox.detach();
        long now = nanos.getAsLong();
        if (wasJoined && now - joinedNanos > settings.largestPause().toNanos()) {
            failures = 0;
            patienceEnds = now + settings.patience().toNanos();
        } else if (!wasJoined) {
            // Whoever was sent on and finds nobody, or asked a node that is gone, asks another that may know.
            address = nextAddress();
        }
        fail(open, new OutcomeUnknownException("the stream was lost before the answer: " + cause.getMessage()));
        if (!mayJoinAgain(cause)) {
            end(cause);
            return;
        }
        long pause = pause();
        failures++;
        if (now + pause >= patienceEnds) {
            end(new ZoneUnavailableException(settings.zone(), settings.patience(), cause));
            return;
        }
        stage = Stage.WAITING;
        setTimer(this::attempt, pause);
        if (wasJoined) {
            try {
                listener.interrupted(this, cause);
            } catch (RuntimeException e) {
                end(e);
            }
        }
    }

    private long pause() {
        if (redirect != null && !sentOn) {
            // Once in a row: two servers may name each other.
            sentOn = true;
            return 0;
        }
        sentOn = false;
        long longest = Math.min(
                settings.largestPause().toNanos(), settings.firstPause().toNanos() << Math.min(failures, 20));
        return random.nextLong(longest + 1);
    }

    private Address nextAddress() {
        List<Address> all = client.settings().addresses();
        Address next = all.get(turn);
        turn = (turn + 1) % all.size();
        return next;
    }

    private boolean mayJoinAgain(EntityClientException cause) {
        return switch (cause) {
            case TooSlowException slow -> true;
            case ZoneMovedException moved -> true;
            case StreamLostException lost -> true;
            case MalformedFrameException malformed -> true;
            case TicketUnavailableException unavailable -> true;
            // At first that is for the caller to decide; later the session has a place, or had one a moment ago.
            case ZoneFullException full -> joined.isDone();
            default -> false;
        };
    }

    private void leave() {
        switch (stage) {
            case JOINED -> {
                Stream last = stream;
                fail(outbox.close(closedHere()), closedHere());
                cancelWatch();
                stage = Stage.LEAVING;
                setTimer(() -> end(null), GOODBYE.toNanos());
                if (last != null) {
                    last.call.halfClose();
                }
            }
            case WAITING, JOINING -> end(null);
            case LEAVING, ENDED -> {}
        }
    }

    private static SessionClosedException closedHere() {
        return new SessionClosedException("the session was closed");
    }

    /** @param cause null if that was asked for */
    private void end(@Nullable RuntimeException cause) {
        if (stage == Stage.ENDED) {
            return;
        }
        drop();
        stage = Stage.ENDED;
        client.forget(this);
        EntityClientException forRequests = cause instanceof EntityClientException known ? known : closedHere();
        fail(outbox.close(forRequests), forRequests);
        joined.completeExceptionally(cause == null ? closedHere() : cause);
        if (cause == null) {
            ended.complete(null);
        } else {
            ended.completeExceptionally(cause);
        }
    }

    /** Lets go of the stream and everything that belongs to the attempt. */
    private void drop() {
        attempt++;
        cancelTimer();
        cancelWatch();
        Stream last = stream;
        stream = null;
        if (last != null) {
            last.call.cancel("the session has no use for the stream any more", null);
        }
        Channels.Lease held = lease;
        lease = null;
        if (held != null) {
            held.release();
        }
    }

    private static void fail(List<CompletableFuture<?>> open, EntityClientException with) {
        open.forEach(answer -> answer.completeExceptionally(with));
    }

    private void setTimer(Runnable then, long afterNanos) {
        cancelTimer();
        int number = attempt;
        timer = loop.schedule(
                () -> {
                    if (number == attempt) {
                        timer = null;
                        then.run();
                    }
                },
                afterNanos,
                TimeUnit.NANOSECONDS);
    }

    private void cancelTimer() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }

    private void cancelWatch() {
        if (watch != null) {
            watch.cancel(false);
            watch = null;
        }
    }

    /** One stream; what it brings after the session has let go of it is passed over. */
    private final class Stream extends ClientCall.Listener<ReceivedFrame> {
        final ClientCall<byte[], ReceivedFrame> call;

        Stream(ClientCall<byte[], ReceivedFrame> call) {
            this.call = call;
        }

        @Override
        public void onMessage(ReceivedFrame frame) {
            if (stream == this) {
                received(this, frame);
            }
        }

        @Override
        public void onReady() {
            if (stream == this) {
                outbox.ready();
            }
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            if (stream == this) {
                closed(status, trailers);
            }
        }
    }

    /** What frames say beside the view. */
    private final class Messages implements FrameReader.Messages {
        @Override
        public void created(Created created) {
            if (created.getHandle() == 0 || created.getId().size() != 16) {
                throw new MalformedFrameException("an entity was created without a handle or an id");
            }
            CompletableFuture<CreatedEntity> answer = outbox.answered(created.getRequest());
            if (answer != null) {
                ByteBuffer id = created.getId().asReadOnlyByteBuffer();
                answer.complete(new CreatedEntity(created.getHandle(), new UUID(id.getLong(), id.getLong())));
            }
        }

        @Override
        public void refused(Refused refused) {
            Refusal refusal = new Refusal(
                    switch (refused.getReason()) {
                        case REASON_NO_SUCH_ENTITY -> Refusal.Reason.NO_SUCH_ENTITY;
                        case REASON_NOT_OWNER -> Refusal.Reason.NOT_OWNER;
                        case REASON_NO_SUCH_COMPONENT -> Refusal.Reason.NO_SUCH_COMPONENT;
                        case REASON_TOO_LARGE -> Refusal.Reason.TOO_LARGE;
                        case REASON_ZONE_FULL -> Refusal.Reason.ZONE_FULL;
                        case REASON_ID_TAKEN -> Refusal.Reason.ID_TAKEN;
                        case REASON_READ_ONLY -> Refusal.Reason.READ_ONLY;
                        case REASON_NO_SUCH_LEVEL -> Refusal.Reason.NO_SUCH_LEVEL;
                        case REASON_UNSPECIFIED, UNRECOGNIZED -> Refusal.Reason.UNSPECIFIED;
                    },
                    refused.getHandle());
            if (refused.getRequest() == 0) {
                listener.refused(EntitySession.this, refusal);
                return;
            }
            // Creations and questions are numbered alike, and no number is used twice.
            CompletableFuture<?> answer = refusal.reason() == Refusal.Reason.NO_SUCH_LEVEL
                    ? outbox.unanswerable(refused.getRequest())
                    : outbox.answered(refused.getRequest());
            if (answer != null) {
                answer.completeExceptionally(new RequestRefusedException(refusal));
            }
        }

        @Override
        public void authority(AuthorityNotice notice) {
            EntitySession session = EntitySession.this;
            switch (notice.getKind()) {
                case KIND_ASKED -> listener.authorityAsked(session, notice.getHandle(), notice.getSession());
                case KIND_GRANTED -> listener.authorityGranted(session, notice.getHandle());
                case KIND_TAKEN -> listener.authorityTaken(session, notice.getHandle(), notice.getSession());
                case KIND_UNSPECIFIED, UNRECOGNIZED -> {
                    // Of a later version of the protocol, which must not rely on it.
                }
            }
        }

        @Override
        public void redirect(Redirect to) {
            redirect = to;
        }

        @Override
        public void durable(DurableAcknowledgement acknowledgement) {
            Durability level =
                    switch (acknowledgement.getLevel()) {
                        case LEVEL_MEMORY -> Durability.MEMORY;
                        case LEVEL_REPLICATED -> Durability.REPLICATED;
                        case LEVEL_DATABASE -> Durability.DATABASE;
                        case LEVEL_UNSPECIFIED, UNRECOGNIZED -> null;
                    };
            if (level != null) {
                CompletableFuture<Durability> answer = outbox.answered(acknowledgement.getRequest(), level);
                if (answer != null) {
                    answer.complete(level);
                }
            }
        }
    }
}
