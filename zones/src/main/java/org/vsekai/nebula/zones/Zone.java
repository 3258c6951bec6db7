package org.vsekai.nebula.zones;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The entities of one zone and the sessions that see them. Belongs to one thread.
 *
 * <p>Between two steps sessions join, leave and send; a step tells each session what changed in the cells it sees, and time goes on by a
 * tick. An entity is wholly in one cell, and a session sees cells wholly, so what it must be told depends on nothing but the cell and the
 * tick in which it was told last: see {@link CellEncoder}. Whoever was told of a cell up to some tick knows every entity in it as it
 * was then, whatever was left out or delayed before.
 */
public final class Zone {
    static final int MOST_STRAIN = 2;

    private static final int LARGEST_FRAME = 256 << 10;
    /** Leaves room in a frame for the lists of cells that are opened and closed. */
    private static final int LARGEST_PENDING = 224 << 10;
    /** Seconds that a transport may take no frame. */
    private static final int PATIENCE = 10;

    // As in AskDurability.Level.
    private static final int MEMORY = 1;
    private static final int REPLICATED = 2;
    private static final int DATABASE = 3;

    private final ZoneSettings settings;
    private final RandomGenerator random;
    private final EntityTable entities;
    private final ComponentTable components;
    private final CellGrid grid;
    private final CellEncoder encoder;
    private final Interest interest;
    private final FrameReader reader = new FrameReader(this);
    private final ZoneStatistics statistics = new ZoneStatistics();
    private final int[] periods;

    private final Map<Integer, Session> byNumber = new HashMap<>();
    private final List<Session> sessions = new ArrayList<>();
    private final FrameBytes frame = new FrameBytes();
    private final WireWriter scratch = new WireWriter(256);
    private final WireWriter nested = new WireWriter(64);
    private final RowReader rowReader = new RowReader();
    private final DueCells due = new DueCells();

    private int lastSession;
    private int tick = 1;
    private boolean ended;
    private boolean answersReplicated;
    private boolean answersDatabase;
    private boolean keepDeleted;
    private int saved;

    /** @param random for ids that sessions leave to the zone, and for what clients must not foresee */
    public Zone(ZoneSettings settings, RandomGenerator random) {
        this.settings = settings;
        this.random = random;
        periods = settings.tiers().stream().mapToInt(Tier::period).toArray();
        entities = new EntityTable(settings.entities(), periods, random);
        components = new ComponentTable(settings.components(), settings.entities() + 1);
        grid = new CellGrid(settings);
        encoder = new CellEncoder(entities, components, grid, settings.cells());
        interest = new Interest(grid, settings.tiers());
    }

    public ZoneSettings settings() {
        return settings;
    }

    public ZoneStatistics statistics() {
        return statistics;
    }

    /** The tick that the next step ends; 1 in the beginning. */
    public int tick() {
        return tick;
    }

    public int entities() {
        return entities.count();
    }

    /** Pages in use, each of {@value EntityTable#PAGE} slots. */
    public int pages() {
        return entities.pages();
    }

    EntityTable table() {
        return entities;
    }

    ComponentTable componentTable() {
        return components;
    }

    int changedTick(int cell) {
        return grid.changed(cell);
    }

    /** Up to so many entities with larger handles than this one, in their order; 0 comes before all. */
    public List<EntityInfo> entitiesAfter(int handle, int most) {
        List<EntityInfo> found = new ArrayList<>();
        for (int slot = Math.max(handle, 0) + 1; slot < entities.reach() && found.size() < most; slot++) {
            if (entities.exists(slot)) {
                found.add(new EntityInfo(
                        slot,
                        new UUID(entities.idHigh[slot], entities.idLow[slot]),
                        entities.owner[slot],
                        entities.cell[slot],
                        entities.x[slot],
                        entities.y[slot],
                        entities.z[slot],
                        entities.rotation[slot],
                        entities.velocityX[slot],
                        entities.velocityY[slot],
                        entities.velocityZ[slot],
                        entities.persistent[slot],
                        components.copy(slot)));
            }
        }
        return found;
    }

    /** Those that are away included. */
    public List<Session> sessions() {
        return Collections.unmodifiableList(sessions);
    }

    public boolean isFull() {
        return sessions.size() >= settings.sessions();
    }

    /**
     * Lets a session take part. If {@code resume} names one that is here, its client is the new one's: entities stay its own, and its view
     * begins anew.
     *
     * @param token names the new session for a later resume; two random numbers
     * @throws IllegalStateException if the zone is full or ended
     */
    public Session join(Role role, FrameSink sink, SessionToken token, @Nullable SessionToken resume) {
        if (ended) {
            throw new IllegalStateException("the zone has ended");
        }
        Session before = resume == null ? null : find(resume, role);
        if (before == null && isFull()) {
            throw new IllegalStateException("the zone is full");
        }
        Session session;
        if (before == null) {
            session = new Session(++lastSession, role, token);
            sessions.add(session);
        } else {
            if (before.sink != null) {
                before.sink.end(EndReason.LEFT);
                // Its client may still send, and must no more pass for the one that took over.
                before.sink = null;
            }
            session = new Session(before.number, role, token);
            session.firstOwned = before.firstOwned;
            sessions.set(sessions.indexOf(before), session);
        }
        session.sink = sink;
        session.sendCredit = settings.bytesPerSecond();
        session.updateCredit = 2L * settings.updatesPerSecond();
        byNumber.put(session.number, session);
        welcome(session);
        return session;
    }

    /** Whether a session of this token and role is here, and can be resumed. */
    public boolean knows(@Nullable SessionToken token, Role role) {
        return token != null && find(token, role) != null;
    }

    private @Nullable Session find(SessionToken token, Role role) {
        for (Session session : sessions) {
            if (session.token.equals(token) && session.role == role) {
                return session;
            }
        }
        return null;
    }

    private void welcome(Session session) {
        WireWriter to = scratch;
        to.clear();
        to.uint32(1, session.number);
        to.text(2, settings.name());
        to.uint64(3, settings.epoch());
        to.uuid(4, session.token.high(), session.token.low());
        to.uint32(5, settings.ticksPerSecond());
        to.uint32(6, settings.cellSize());
        to.uint32(7, settings.cellsX());
        to.uint32(8, settings.cellsZ());
        to.uint32(9, settings.largestRadius());
        to.uint32(12, settings.updatesPerSecond());
        for (ComponentSchema schema : settings.components()) {
            nested.clear();
            nested.uint32(1, schema.number());
            nested.text(2, schema.name());
            nested.uint32(3, schema.largest());
            nested.uint32(4, schema.persistence().ordinal() + 1);
            nested.uint32(5, schema.isPublic() ? 1 : 0);
            to.delimited(10, nested);
        }
        nested.clear();
        for (int slot = session.firstOwned; slot != 0; slot = entities.nextOwned[slot]) {
            nested.varint(slot);
        }
        to.packed(11, nested);
        session.pending.delimited(2, to);
        session.welcomeSize = session.pending.size();
    }

    /** The client of a session is gone, and may come back for so many ticks. */
    public void disconnect(Session session, int ticksToResume) {
        if (byNumber.get(session.number) == session) {
            session.sink = null;
            session.awayUntil = tick + ticksToResume;
            session.pending.clear();
        }
    }

    /** The session is over: what it owned is nobody's, or deleted if it was not persistent. */
    public void leave(Session session) {
        if (byNumber.get(session.number) != session) {
            return;
        }
        while (session.firstOwned != 0) {
            int slot = session.firstOwned;
            if (entities.persistent[slot]) {
                own(slot, null);
            } else {
                remove(slot);
            }
        }
        byNumber.remove(session.number);
        sessions.remove(session);
        session.sink = null;
    }

    /** Ends every session here; the zone does nothing any more. */
    public void end(EndReason reason) {
        ended = true;
        for (Session session : sessions) {
            if (session.sink != null) {
                session.sink.end(reason);
                session.sink = null;
            }
        }
    }

    /**
     * Does what a {@code ClientFrame} says. A session that sends what is no frame, or too much, is ended, as if its client had gone.
     *
     * @param ticksToResume for a session that is ended so
     */
    public void receive(Session session, byte[] bytes, int offset, int length, int ticksToResume) {
        if (session.sink == null) {
            return;
        }
        statistics.framesIn++;
        session.updateCredit--;
        try {
            reader.apply(session, bytes, offset, length);
        } catch (InvalidFrameException e) {
            statistics.droppedInvalid++;
            drop(session, EndReason.INVALID_FRAME, ticksToResume);
            return;
        }
        if (session.updateCredit < 0 || session.askedTooMuch) {
            statistics.droppedFast++;
            drop(session, EndReason.TOO_FAST, ticksToResume);
        }
    }

    private void drop(Session session, EndReason reason, int ticksToResume) {
        FrameSink sink = session.sink;
        if (sink != null) {
            sink.end(reason);
        }
        disconnect(session, ticksToResume);
    }

    /**
     * Writes down all sessions and the pages that changed after a tick. Between two steps, so that what is captured is the state at one
     * moment; {@link ZoneCapture#tick} tells up to where nothing is missing.
     *
     * @param since 0: all pages that are in use
     */
    public void capture(ZoneCapture into, int since) {
        into.begin(tick - 1, entities.count());
        for (int page = 0; page < entities.pages(); page++) {
            if (since == 0 || entities.pageChanged[page] - since > 0) {
                PageWriter.write(into, page, entities, components);
            }
        }
        SessionsFormat.write(into, lastSession, sessions);
    }

    /**
     * Takes over the sessions of an epoch before, as of clients that are away. Before anything else is done with this zone.
     *
     * @throws DamagedStateException and nothing is taken over
     */
    public void restoreSessions(byte[] bytes, int offset, int length) throws DamagedStateException {
        lastSession = SessionsFormat.read(bytes, offset, length, byNumber);
        sessions.addAll(byNumber.values());
    }

    /**
     * Takes over a page of an epoch before, after the sessions. An entity whose owner is not here is nobody's, or gone if it is not
     * persistent.
     *
     * @throws DamagedStateException and nothing is taken over
     */
    public void restorePage(int page, byte[] bytes, int offset, int length) throws DamagedStateException {
        PageReader from = PageReader.check(bytes, offset, length);
        int first = page * EntityTable.PAGE;
        if (page < 0 || first >= entities.capacity() || first + from.reach() > entities.capacity()) {
            throw new DamagedStateException(
                    "page " + page + " is beyond the " + settings.entities() + " entities that the zone may hold");
        }
        int slots = Math.min(from.slots(), entities.capacity() - first);
        for (int i = 0; i < slots; i++) {
            if (from.isTaken(i)
                    && (first + i == 0
                            || !entities.restore(first + i, from.idHigh(i), from.idLow(i), from.isDeleted(i)))) {
                while (--i >= 0) {
                    if (from.isTaken(i)) {
                        entities.unrestore(first + i);
                    }
                }
                throw new DamagedStateException("page " + page + " has an id twice, or one that is elsewhere");
            }
        }
        for (int i = 0; i < slots; i++) {
            if (from.isTaken(i)) {
                restore(first + i, from, i);
            }
        }
        from.components(components, (column, i, at, size) -> {
            if (first + i < entities.capacity() && entities.exists(first + i)) {
                components.set(column, first + i, bytes, at, size, tick);
            }
        });
    }

    private void restore(int slot, PageReader from, int i) {
        from.copy(entities, slot, i);
        entities.durable[slot] = 0;
        entities.touchDurable(slot, tick);
        entities.pageChanged[slot / EntityTable.PAGE] = tick;
        if (from.isDeleted(i)) {
            return;
        }
        appear(slot);
        Session owner = byNumber.get(from.owner(i));
        if (owner != null) {
            own(slot, owner);
        } else if (from.owner(i) != 0 && !entities.persistent[slot]) {
            remove(slot);
        }
    }

    /**
     * Brings in what a database has of an entity, after all pages; see {@link DurableRows} for which of two states is the newer one.
     *
     * @param roundEpoch of the pages that were taken over; 0: there were none
     * @param roundTick of those
     * @return whether the row changed the zone
     * @throws DamagedStateException if its components cannot be read; the rest of it is in
     * @throws IllegalStateException if the zone is full
     */
    public boolean restoreRow(DurableRows rows, int row, long roundEpoch, int roundTick) throws DamagedStateException {
        int slot = entities.ids.find(rows.idHigh(row), rows.idLow(row));
        if (slot < 0) {
            // Were it in newer pages as deleted, it would still have its slot. Its page is lost.
            if (rows.deleted(row)) {
                return false;
            }
            slot = entities.add(rows.idHigh(row), rows.idLow(row), tick);
            if (slot < 0) {
                throw new IllegalStateException("the database has more entities of " + settings.name() + " than the "
                        + settings.entities() + " that the zone may hold");
            }
            entities.x[slot] = rows.x(row);
            entities.y[slot] = rows.y(row);
            entities.z[slot] = rows.z(row);
            entities.rotation[slot] = rows.rotation(row);
            entities.velocityX[slot] = 0;
            entities.velocityY[slot] = 0;
            entities.velocityZ[slot] = 0;
            appear(slot);
            fill(slot, rows, row);
            return true;
        }
        int crossed = Integer.compare(rows.crossings(row), entities.crossings[slot]);
        int later = rows.epoch(row) == roundEpoch
                ? Integer.compare(rows.sequence(row), roundTick)
                : Long.compare(rows.epoch(row), roundEpoch);
        boolean newer = roundEpoch == 0 || (crossed == 0 ? later > 0 : crossed > 0);
        if (!newer) {
            if (rows.deleted(row) == entities.deleted[slot] && (entities.deleted[slot] || isSaved(slot, rows, row))) {
                saved(slot);
            }
            return false;
        }
        if (entities.deleted[slot]) {
            if (rows.deleted(row)) {
                saved(slot);
            }
            return false;
        }
        if (rows.deleted(row)) {
            remove(slot, false);
            return true;
        }
        move(slot, rows.x(row), rows.y(row), rows.z(row));
        turn(slot, rows.rotation(row));
        changed(slot);
        fill(slot, rows, row);
        return true;
    }

    /** What of a row is not its pose. The entity is as it is in the database from then on. */
    private void fill(int slot, DurableRows rows, int row) throws DamagedStateException {
        entities.persistent[slot] = true;
        entities.crossings[slot] = rows.crossings(row);
        entities.durable[slot] = 0;
        for (int column = 0; column < components.columns(); column++) {
            if (components.isDurable(column)) {
                components.clear(column, slot);
            }
        }
        rowReader.read(rows, row, (number, from, offset, length) -> {
            int column = components.column(number);
            // What the world's configuration knows no more, or has made smaller, stays in the row until it is written
            // anew.
            if (column >= 0 && length <= components.schema(column).largest()) {
                components.set(column, slot, from, offset, length, tick);
            }
        });
    }

    private boolean isSaved(int slot, DurableRows rows, int row) {
        scratch.clear();
        components.writeDurable(slot, scratch, nested);
        return entities.x[slot] == rows.x(row)
                && entities.y[slot] == rows.y(row)
                && entities.z[slot] == rows.z(row)
                && entities.rotation[slot] == rows.rotation(row)
                && entities.crossings[slot] == rows.crossings(row)
                && Arrays.equals(
                        scratch.bytes(),
                        0,
                        scratch.size(),
                        rows.componentBytes(),
                        rows.componentsStart(row),
                        rows.componentsEnd(row));
    }

    private void saved(int slot) {
        if (entities.deleted[slot]) {
            entities.forget(slot, tick);
        } else {
            entities.durable[slot] = 0;
        }
    }

    /** Everything of an epoch before is in: sessions wait for their clients for so many ticks. */
    public void restored(int ticksToResume) {
        for (Session session : sessions) {
            session.awayUntil = tick + ticksToResume;
        }
        entities.reclaim(tick);
    }

    /**
     * Adds the persistent entities that changed after the walk's tick, as many as there is room for; deleted ones as such.
     *
     * @return whether the walk is at its end; else it goes on with another call
     */
    public boolean captureRows(DurableRows into, DurableWalk walk) {
        walk.start(tick - 1);
        int slot = walk.next;
        while (slot < entities.reach()) {
            int page = slot / EntityTable.PAGE;
            int end = Math.min(entities.reach(), (page + 1) * EntityTable.PAGE);
            if (entities.pageDurable[page] - walk.since() <= 0) {
                slot = end;
                continue;
            }
            for (; slot < end; slot++) {
                if (entities.durable[slot] == 0 || entities.durable[slot] - walk.since() <= 0) {
                    continue;
                }
                if (into.isFull()) {
                    walk.next = slot;
                    return false;
                }
                components.writeDurable(slot, into.components(), nested);
                into.add(
                        entities.idHigh[slot],
                        entities.idLow[slot],
                        entities.x[slot],
                        entities.y[slot],
                        entities.z[slot],
                        entities.rotation[slot],
                        entities.crossings[slot],
                        settings.epoch(),
                        tick,
                        entities.deleted[slot]);
            }
        }
        walk.next = slot;
        return true;
    }

    /** With a database: a deleted persistent entity keeps its slot and id until {@link #savedTo} says that it is deleted there. */
    public void keepDeleted(boolean keep) {
        keepDeleted = keep;
    }

    /** The rows of a walk that {@link DurableWalk#started} with this tick are in the database, all of them. */
    public void savedTo(int safe) {
        saved = safe;
        for (int slot = 1; entities.deletedCount() > 0 && slot < entities.reach(); slot++) {
            if (entities.deleted[slot] && entities.durable[slot] - safe <= 0) {
                entities.forget(slot, tick);
            }
        }
        answer(DATABASE, safe);
    }

    /** The tick up to which {@link #savedTo} was said; 0: never. */
    public int savedTick() {
        return saved;
    }

    /**
     * Adds the ids of assets that the zone's entities name: values of components that are {@link Persistence#BULK} and have the 16 bytes of a
     * UUID.
     *
     * @param most that are added; of more, any
     */
    public void bulkAssets(Set<UUID> into, int most) {
        components.forEach(Persistence.BULK, (slot, bytes, offset, length) -> {
            if (length == 2 * Long.BYTES && into.size() < most && entities.exists(slot)) {
                ByteBuffer value = ByteBuffer.wrap(bytes, offset, length);
                into.add(new UUID(value.getLong(), value.getLong()));
            }
        });
    }

    // What follows is said by frames, of sessions that are here.

    int create(
            Session session,
            int request,
            boolean given,
            long idHigh,
            long idLow,
            int x,
            int y,
            int z,
            int rotation,
            boolean persistent) {
        session.updateCredit--;
        if (session.role == Role.OBSERVER) {
            return refuse(session, Refusal.READ_ONLY, 0, request);
        }
        long high = given ? idHigh : random.nextLong() & 0xFFFF_FFFF_FFFF_0FFFL | 0x4000L;
        long low = given ? idLow : random.nextLong() & 0x3FFF_FFFF_FFFF_FFFFL | 0x8000_0000_0000_0000L;
        if (entities.ids.find(high, low) >= 0) {
            return refuse(session, Refusal.ID_TAKEN, 0, request);
        }
        int slot = entities.add(high, low, tick);
        if (slot < 0) {
            return refuse(session, Refusal.ZONE_FULL, 0, request);
        }
        entities.x[slot] = x;
        entities.y[slot] = y;
        entities.z[slot] = z;
        entities.rotation[slot] = rotation;
        entities.velocityX[slot] = 0;
        entities.velocityY[slot] = 0;
        entities.velocityZ[slot] = 0;
        entities.persistent[slot] = persistent;
        entities.crossings[slot] = 0;
        entities.durable[slot] = 0;
        appear(slot);
        entities.touchDurable(slot, tick);
        own(slot, session);
        nested.clear();
        nested.uint32(1, request);
        nested.uint32(2, slot);
        nested.uuid(3, high, low);
        session.pending.delimited(6, nested);
        statistics.updatesIn++;
        return slot;
    }

    /** Puts an entity whose columns are filled into its cell, as nobody's and all of it new. */
    private void appear(int slot) {
        entities.moved[slot] = tick;
        entities.turned[slot] = tick;
        entities.accelerated[slot] = tick;
        entities.handedOver[slot] = tick;
        entities.componentSet[slot] = tick;
        entities.owner[slot] = 0;
        enter(slot, grid.cellAt(entities.x[slot], entities.z[slot]));
    }

    /** Whether the session may change the entity; if not, it is told so. */
    boolean mayChange(Session session, int slot) {
        session.updateCredit--;
        if (!entities.exists(slot)) {
            refuse(session, Refusal.NO_SUCH_ENTITY, slot, 0);
            return false;
        }
        if (entities.owner[slot] != session.number) {
            refuse(session, session.role == Role.OBSERVER ? Refusal.READ_ONLY : Refusal.NOT_OWNER, slot, 0);
            return false;
        }
        statistics.updatesIn++;
        return true;
    }

    void move(int slot, int x, int y, int z) {
        if (x == entities.x[slot] && y == entities.y[slot] && z == entities.z[slot]) {
            return;
        }
        int from = entities.cell[slot];
        int to = grid.cellAt(x, z, from);
        entities.position(slot, x, y, z, tick);
        if (to == from) {
            grid.change(from, tick);
        } else {
            grid.remove(from, slot, tick);
            enter(slot, to);
        }
    }

    private void enter(int slot, int cell) {
        entities.cell[slot] = cell;
        entities.entered[slot] = tick;
        entities.touch(slot, tick);
        grid.add(cell, slot, tick);
    }

    private void changed(int slot) {
        entities.touch(slot, tick);
        grid.change(entities.cell[slot], tick);
    }

    void turn(int slot, int rotation) {
        if (rotation != entities.rotation[slot]) {
            entities.rotation[slot] = rotation;
            entities.turned[slot] = tick;
            changed(slot);
            entities.touchDurable(slot, tick);
        }
    }

    void accelerate(int slot, int x, int y, int z) {
        if (x != entities.velocityX[slot] || y != entities.velocityY[slot] || z != entities.velocityZ[slot]) {
            entities.velocityX[slot] = x;
            entities.velocityY[slot] = y;
            entities.velocityZ[slot] = z;
            entities.accelerated[slot] = tick;
            changed(slot);
        }
    }

    void set(Session session, int slot, int number, byte[] from, int offset, int length) {
        int column = components.column(number);
        if (column < 0) {
            refuse(session, Refusal.NO_SUCH_COMPONENT, slot, 0);
        } else if (length > components.schema(column).largest()) {
            refuse(session, Refusal.TOO_LARGE, slot, 0);
        } else {
            components.set(column, slot, from, offset, length, tick);
            entities.componentSet[slot] = tick;
            changed(slot);
            if (components.isDurable(column)) {
                entities.touchDurable(slot, tick);
            }
        }
    }

    void delete(Session session, int slot) {
        session.updateCredit--;
        if (!entities.exists(slot)) {
            refuse(session, Refusal.NO_SUCH_ENTITY, slot, 0);
        } else if (entities.owner[slot] != session.number && session.role != Role.SERVER) {
            refuse(session, session.role == Role.OBSERVER ? Refusal.READ_ONLY : Refusal.NOT_OWNER, slot, 0);
        } else {
            remove(slot);
            statistics.updatesIn++;
        }
    }

    private void remove(int slot) {
        remove(slot, keepDeleted && entities.persistent[slot]);
    }

    /** @param keep whether it must yet be known elsewhere that it is gone */
    private void remove(int slot, boolean keep) {
        own(slot, null);
        grid.remove(entities.cell[slot], slot, tick);
        components.clear(slot);
        entities.remove(slot, tick, keep);
    }

    void requestAuthority(Session session, int slot) {
        session.updateCredit--;
        if (session.role == Role.OBSERVER) {
            refuse(session, Refusal.READ_ONLY, slot, 0);
        } else if (!entities.exists(slot)) {
            refuse(session, Refusal.NO_SUCH_ENTITY, slot, 0);
        } else {
            Session owner = byNumber.get(entities.owner[slot]);
            if (owner == session) {
                notice(session, 2, slot, session.number);
            } else if (owner == null || session.role == Role.SERVER) {
                own(slot, session);
                notice(session, 2, slot, session.number);
                if (owner != null) {
                    notice(owner, 3, slot, session.number);
                }
            } else {
                notice(owner, 1, slot, session.number);
            }
        }
    }

    void releaseAuthority(Session session, int slot, int to) {
        if (mayChange(session, slot)) {
            Session next = byNumber.get(to);
            if (next == session) {
                return;
            }
            if (next != null && next.role == Role.OBSERVER) {
                next = null;
            }
            own(slot, next);
            notice(session, 3, slot, next == null ? 0 : next.number);
            if (next != null) {
                notice(next, 2, slot, next.number);
            }
        }
    }

    /** Hands an entity over without asking or telling anybody. */
    private void own(int slot, @Nullable Session to) {
        Session from = byNumber.get(entities.owner[slot]);
        if (from != null) {
            int next = entities.nextOwned[slot];
            int previous = entities.previousOwned[slot];
            if (previous == 0) {
                from.firstOwned = next;
            } else {
                entities.nextOwned[previous] = next;
            }
            if (next != 0) {
                entities.previousOwned[next] = previous;
            }
        }
        entities.nextOwned[slot] = 0;
        entities.previousOwned[slot] = 0;
        entities.owner[slot] = 0;
        if (to != null) {
            entities.owner[slot] = to.number;
            entities.nextOwned[slot] = to.firstOwned;
            if (to.firstOwned != 0) {
                entities.previousOwned[to.firstOwned] = slot;
            }
            to.firstOwned = slot;
        }
        entities.handedOver[slot] = tick;
        changed(slot);
    }

    /** Nothing is kept for a client that is away: if it comes back, its welcome says what it owns. */
    private void notice(Session to, int kind, int slot, int number) {
        if (to.sink == null) {
            return;
        }
        nested.clear();
        nested.uint32(1, kind);
        nested.uint32(2, slot);
        nested.uint32(3, number);
        to.pending.delimited(8, nested);
    }

    private int refuse(Session session, Refusal reason, int slot, int request) {
        statistics.refusals++;
        nested.clear();
        nested.uint32(1, reason.number);
        nested.uint32(2, slot);
        nested.uint32(3, request);
        session.pending.delimited(7, nested);
        return -1;
    }

    void interest(Session session, int x, int z, int radius, int follow) {
        session.updateCredit--;
        session.centreX = x;
        session.centreZ = z;
        session.radius = radius < 0 ? settings.largestRadius() : Math.min(radius, settings.largestRadius());
        session.follow = follow;
        session.interestChanged = true;
    }

    void askDurability(Session session, int request, int level) {
        session.updateCredit--;
        switch (level) {
            case MEMORY -> acknowledgeDurability(session, request, level);
            case REPLICATED -> note(session, request, level, answersReplicated);
            case DATABASE -> note(session, request, level, answersDatabase);
            default -> refuse(session, Refusal.NO_SUCH_LEVEL, 0, request);
        }
    }

    private void note(Session session, int request, int level, boolean answered) {
        if (!answered) {
            refuse(session, Refusal.NO_SUCH_LEVEL, 0, request);
        } else if (session.asked == Session.MOST_ASKED) {
            session.askedTooMuch = true;
        } else {
            session.askedRequest[session.asked] = request;
            session.askedLevel[session.asked] = (byte) level;
            session.askedTick[session.asked++] = tick;
        }
    }

    /** Which levels of durability this zone can promise, beside that of memory; whoever asks for others is refused. */
    public void promises(boolean replicated, boolean database) {
        answersReplicated = replicated;
        answersDatabase = database;
    }

    /** Every change up to this tick survives one node: answers whoever asked for that until then. */
    public void replicatedTo(int safe) {
        answer(REPLICATED, safe);
    }

    private void answer(int level, int safe) {
        for (int i = 0; i < sessions.size(); i++) {
            Session session = sessions.get(i);
            int left = 0;
            for (int k = 0; k < session.asked; k++) {
                if (session.askedLevel[k] == level && session.askedTick[k] - safe <= 0) {
                    if (session.sink != null) {
                        acknowledgeDurability(session, session.askedRequest[k], level);
                    }
                } else {
                    session.askedRequest[left] = session.askedRequest[k];
                    session.askedLevel[left] = session.askedLevel[k];
                    session.askedTick[left++] = session.askedTick[k];
                }
            }
            session.asked = left;
        }
    }

    private void acknowledgeDurability(Session session, int request, int level) {
        nested.clear();
        nested.uint32(1, request);
        nested.uint32(2, level);
        session.pending.delimited(10, nested);
    }

    /**
     * Tells every session what is new to it, and goes on to the next tick.
     *
     * @param ticksToResume for sessions that are ended as they read too slowly
     */
    public void step(int ticksToResume) {
        if (ended) {
            return;
        }
        // Before anybody is told of this tick: what they leave behind changes in it.
        for (int i = sessions.size() - 1; i >= 0; i--) {
            Session session = sessions.get(i);
            if (session.sink == null && tick - session.awayUntil >= 0) {
                leave(session);
            }
        }
        encoder.begin(tick);
        WireWriter arena = encoder.arena();
        arena.uint64(1, tick);
        int header = arena.size();
        for (int i = sessions.size() - 1; i >= 0; i--) {
            Session session = sessions.get(i);
            if (session.sink != null) {
                serve(session, session.sink, header, ticksToResume);
            }
        }
        statistics.ticks++;
        statistics.entities = entities.count();
        statistics.sessions = sessions.size();
        tick++;
    }

    private void serve(Session session, FrameSink sink, int header, int ticksToResume) {
        int perSecond = settings.ticksPerSecond();
        session.sendCredit = Math.min(settings.bytesPerSecond(), session.sendCredit + share(settings.bytesPerSecond()));
        session.updateCredit = Math.min(
                2L * settings.updatesPerSecond(),
                session.updateCredit + Math.max(1, share(settings.updatesPerSecond())));
        if (session.pending.size() - session.welcomeSize > LARGEST_PENDING) {
            statistics.droppedSlow++;
            drop(session, EndReason.TOO_SLOW, ticksToResume);
            return;
        }
        if (!sink.isReady()) {
            statistics.skippedFrames++;
            session.calm = 0;
            session.waiting++;
            session.skips += 3;
            if (session.waiting > PATIENCE * perSecond) {
                statistics.droppedSlow++;
                drop(session, EndReason.TOO_SLOW, ticksToResume);
            } else if (session.skips > 2 * perSecond) {
                session.strain = Math.min(MOST_STRAIN, session.strain + 1);
                session.skips = 0;
            }
            return;
        }
        session.waiting = 0;
        session.skips = Math.max(0, session.skips - 1);
        if (++session.calm > 5 * perSecond) {
            session.strain = Math.max(0, session.strain - 1);
            session.calm = 0;
        }
        if (session.follow != 0 && entities.exists(session.follow)) {
            session.centreX = entities.x[session.follow];
            session.centreZ = entities.z[session.follow];
        }
        WireWriter arena = encoder.arena();
        int own = arena.size();
        if (interest.isStale(session)) {
            session.opened.clear();
            session.closed.clear();
            interest.choose(session);
            arena.packed(3, session.opened);
            arena.packed(4, session.closed);
        }
        arena.raw(session.pending.bytes(), 0, session.pending.size());
        session.pending.clear();
        session.welcomeSize = 0;
        int most = arena.size() - own;
        frame.clear();
        frame.add(0, header);
        frame.add(own, most);
        findDue(session);
        cells(session, sink, header);
        if (frame.size() > header || tick - session.lastSent >= perSecond) {
            send(session, sink);
        }
    }

    /** This tick's part of what a second gives; those of a second's ticks add up to it. */
    private long share(long perSecond) {
        int ticks = settings.ticksPerSecond();
        return perSecond * (tick + 1L) / ticks - perSecond * tick / ticks;
    }

    /** Notes which cells the session is due to hear of. */
    private void findDue(Session session) {
        due.clear();
        for (int i = 0; i < session.openCount; i++) {
            int cell = session.open[i];
            int told = session.told[i];
            int tier = session.tier[i];
            boolean end = entities.isEnd(cell, tier, tick);
            if (told != 0 && grid.changed(cell) <= told) {
                if (end) {
                    session.told[i] = tick;
                }
                continue;
            }
            int period = periods[tier] << session.strain;
            if (told != 0 && tick - told < period && !(end && session.strain == 0)) {
                continue;
            }
            // The nearer, and the longer it waited, the earlier. What is new has waited for ever.
            long waited = told == 0 ? 1 << 20 : tick - told;
            due.add(-(waited << 8 - tier) << 16 | i);
        }
        if (session.limited) {
            due.order();
        }
    }

    private void cells(Session session, FrameSink sink, int header) {
        session.limited = false;
        while (due.size() > 0) {
            if (session.sendCredit <= frame.size()) {
                session.limited = true;
                statistics.deferredCells += due.size();
                return;
            }
            int i = (int) due.take() & 0xffff;
            int cell = session.open[i];
            int told = session.told[i];
            int tier = session.tier[i];
            boolean differences = told != 0 && told == entities.lastEnd(cell, tier, tick);
            int block = encoder.block(cell, told, differences ? tier : -1);
            for (int segment = encoder.firstSegment(block); segment < encoder.endSegment(block); segment++) {
                int length = encoder.segmentLength(segment);
                if (frame.size() + length > LARGEST_FRAME && frame.size() > header) {
                    send(session, sink);
                    frame.clear();
                    frame.add(0, header);
                }
                frame.add(encoder.offset(segment), length);
            }
            statistics.updatesOut += encoder.updates(block);
            session.told[i] = tick;
        }
    }

    private void send(Session session, FrameSink sink) {
        frame.in(encoder.arena().bytes());
        sink.send(frame);
        // What one cell alone owes is forgiven after some seconds: better late than never.
        session.sendCredit = Math.max(-4L * settings.bytesPerSecond(), session.sendCredit - frame.size());
        session.lastSent = tick;
        statistics.framesOut++;
        statistics.bytesOut += frame.size();
    }
}
