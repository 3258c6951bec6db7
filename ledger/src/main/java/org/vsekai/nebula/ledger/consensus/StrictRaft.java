package org.vsekai.nebula.ledger.consensus;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;
import org.jgroups.Address;
import org.jgroups.BytesMessage;
import org.jgroups.Message;
import org.jgroups.View;
import org.jgroups.conf.ClassConfigurator;
import org.jgroups.protocols.raft.InternalCommand;
import org.jgroups.protocols.raft.LogEntries;
import org.jgroups.protocols.raft.LogEntry;
import org.jgroups.protocols.raft.RAFT;
import org.jgroups.protocols.raft.Role;
import org.jgroups.raft.Options;
import org.jgroups.raft.util.Utils;
import org.jgroups.util.Bits;
import org.jgroups.util.ExtendedUUID;
import org.jgroups.util.MessageBatch;
import org.jgroups.util.Util;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.ledger.consensus.RaftCodec.MalformedMessageException;
import org.vsekai.nebula.ledger.consensus.RaftMessage.Append;
import org.vsekai.nebula.ledger.consensus.RaftMessage.AppendAnswer;
import org.vsekai.nebula.ledger.consensus.RaftMessage.Consensus;
import org.vsekai.nebula.ledger.consensus.RaftMessage.SnapshotAnswer;
import org.vsekai.nebula.ledger.consensus.RaftMessage.SnapshotPart;
import org.vsekai.nebula.ledger.consensus.RaftMessage.VoteAnswer;
import org.vsekai.nebula.ledger.consensus.RaftMessage.VoteRequest;
import org.vsekai.nebula.ledger.log.SegmentedLog;
import org.vsekai.nebula.ledger.log.SnapshotInfo;

/**
 * {@link RAFT} with Raft's safety rules kept. Of the superclass stay the protocol's place in the stack, the member's address with
 * its id, term, leader and vote with their transitions ({@code RaftState}), the list of voters, the membership commands and the
 * format of entries. Replication, commitment, elections and snapshots are written here. "Paper" is Ongaro and Ousterhout, "In
 * Search of an Understandable Consensus Algorithm" (extended version); "dissertation" is Ongaro, "Consensus: Bridging Theory and
 * Practice". What the superclass, at 1.1.4.Final, does instead:
 *
 * <ol>
 *   <li><b>A follower answers what it verified</b> (paper, figure 2, AppendEntries 2 to 4). The superclass answers its own last
 *       index when a request overlaps its log or is not above its commit index, so a tail that differs from the leader's counts
 *       as replicated; and it compares only the first overlapping entry's term. Here the answer is the previous index plus the
 *       request's entries, each overlapping entry is compared, and what conflicts is removed, never at or below the commit index.
 *   <li><b>A follower commits what it verified</b> (figure 2, AppendEntries 5: "index of last new entry"). The superclass moves its
 *       commit index to the leader's on an empty message that names no position. Here every message names one, and nothing is
 *       committed beyond what has been compared with this term's leader.
 *   <li><b>Only entries of the current term are committed by counting</b> (paper, section 5.4.2, figure 8), and a leader begins
 *       with an entry of its own (section 8). The superclass counts answers for entries of earlier terms.
 *   <li><b>An answer counts in its own round alone</b> (section 5.2). The superclass adds every vote response that arrives to the
 *       current round's: see {@link Elections}.
 *   <li><b>What is appended is of the term at that moment</b> (section 5.1). The superclass notes term and index, works through a
 *       batch of requests in which a newer leader's entries may be, and then appends its own behind them under the old term.
 *       Here entries are made after the batch, by whoever leads then.
 *   <li><b>Term, vote, role and log change together</b>. The superclass lets election and view threads change term and role while the
 *       queue's thread works with them. Here all messages, views and timers are handled by one thread under one monitor, which
 *       the inherited entry points take as well.
 *   <li><b>A snapshot never takes state back</b> (paper, figure 13, and dissertation, section 5.1). The superclass installs any that it is
 *       sent, passes over failures, and stores content and position in two steps. Here one that covers nothing new is answered and
 *       not installed, content and position are one step of the log, and a failure stops the member.
 *   <li><b>A follower catches up under load</b> (paper, section 5.3: the leader retries indefinitely). The superclass resends only when
 *       its queue was idle for a second, everything in one message, and makes a snapshot for each attempt. Here a refusal is
 *       followed up at once, messages and what is under way are bounded, and the newest snapshot goes out in pieces.
 *   <li><b>Reads see what was committed before</b> (dissertation, section 6.4). The superclass's read counts a follower twice and answers that
 *       are older than the read. Here reading goes through the log ({@link Member#barrier}).
 *   <li><b>A log that failed is not used</b>. The superclass goes on after an append failed, with the entry in its tables and sent to the
 *       others. Here any failure of log or state machine halts the member, which says why.
 *   <li><b>What was taken by a lost leader is unknown</b> (paper, section 8). The superclass fails such calls with "not the
 *       leader", as if they could not be in the log.
 *   <li><b>Voters change when the entry is appended</b> (paper, section 6; dissertation, section 4.1), one change at a time and only after
 *       an entry of the leader's term is committed. The superclass changes them when it is applied, so that a member which lags
 *       can win with a majority of voters that no longer decide.
 * </ol>
 *
 * <p><b>Thread safety.</b> Inherited getters are exact under the monitor only; {@link #progress()} is for other threads.
 */
final class StrictRaft extends RAFT {
    static final short PROTOCOL_ID = 9_100;

    private static final int INBOX = 8_192;
    private static final int EVENTS_AT_ONCE = 256;
    private static final int APPEND_BYTES = 1 << 20;
    private static final int SNAPSHOT_PIECE_BYTES = 512 << 10;
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    static {
        ClassConfigurator.addProtocol(PROTOCOL_ID, StrictRaft.class);
        ClassConfigurator.add(StrictHeader.MAGIC, StrictHeader.class);
    }

    private final SegmentedLog entries;
    private final Replica replica;
    private final StrictRaftOptions options;
    private final Elections elections;
    private final Membership membership = new Membership();

    /** What other threads bring; consensus messages beyond its bound are dropped, as a network may. */
    private final BlockingQueue<Event> inbox = new ArrayBlockingQueue<>(INBOX);

    private final AtomicBoolean wakened = new AtomicBoolean();

    /** Guards all state, the superclass's included. */
    private final Object monitor = new Object();

    private @Nullable Thread thread;
    private boolean recovered;
    private volatile boolean running;
    private volatile @Nullable View latestView;
    private volatile @Nullable Throwable failure;
    private volatile @Nullable Progress progress;

    private @Nullable View seenView;

    /** While leading: the others, and where this leader's own entries begin. */
    private @Nullable Map<Address, Peer> peers;

    private long firstOfTerm;
    private boolean beginsTerm;
    private @Nullable Change change;

    /** The last entry that is known to be the same as that of the leader of {@link #verifiedTerm}. */
    private long verified;

    private long verifiedTerm;
    private @Nullable IncomingSnapshot incoming;
    private long bytesSinceSnapshot;
    private long applyNanos;

    StrictRaft(SegmentedLog log, Replica replica, StrictRaftOptions options, RandomGenerator random) {
        this.entries = log;
        this.replica = replica;
        this.options = options;
        this.elections = new Elections(this, options.timing(), random);
        log_impl = log;
        maxLogCacheSize(0);
        setId(PROTOCOL_ID);
        raftId(options.id());
        members(options.members());
        membership.begin(0, options.members());
        log.setTermSource(this::currentTerm);
    }

    // ------------------------------------------------------------------ life

    @Override
    public void start() throws IOException {
        if (!(local_addr instanceof ExtendedUUID)) {
            throw new IllegalStateException("the address has no place for the member's id: " + local_addr);
        }
        synchronized (monitor) {
            if (!recovered) { // a member that was not let in is started again, and its state machine is filled already
                raft_state.reload();
                recover();
                recovered = true;
            }
            long now = System.nanoTime();
            elections.waitAgain(now);
            elections.standSoon(now);
            publish();
        }
        running = true;
        if (!synchronous) {
            thread = Thread.ofPlatform().daemon().name("ledger-raft-" + raft_id).start(this::run);
        }
    }

    /** The snapshot, what is known to be committed behind it, and who votes at the end of the log. */
    private void recover() throws IOException {
        membership.begin(0, firstVoters());
        Optional<SnapshotInfo> snapshot = entries.snapshotInfo();
        commit_index = snapshot.map(SnapshotInfo::index).orElse(0L);
        last_appended = entries.lastAppended();
        if (snapshot.isPresent()) {
            ByteBuffer content = Objects.requireNonNull(entries.getSnapshot());
            readSnapshot(commit_index, content);
        }
        for (long index = commit_index + 1; index <= last_appended; index++) {
            LogEntry entry = entry(index);
            bytesSinceSnapshot += entry.length();
            noteMembership(index, entry);
        }
        votersChanged();
        if (!Set.copyOf(members()).equals(Set.copyOf(options.members()))) {
            log.info("%s: the log says that %s vote; configured are %s", options.id(), members(), options.members());
        }
        commitTo(entries.commitIndex());
    }

    /**
     * The configured ones, once: from the first term on, whatever is configured later, the log's folder decides who votes before
     * the log's first change of voters. Until then this member has promised nothing, and a slip in the list can be mended.
     */
    private List<String> firstVoters() {
        List<String> known = entries.firstVoters().orElse(List.of());
        if (!known.isEmpty() && (currentTerm() > 0 || known.equals(options.members()))) {
            return known;
        }
        entries.beginWith(options.members());
        return options.members();
    }

    @Override
    public void stop() {
        running = false;
        wake();
        Thread started = thread;
        if (started != null && Thread.currentThread() != started) {
            try {
                started.join(TimeUnit.SECONDS.toMillis(10));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        refuseWaiting();
        if (started == null || !started.isAlive()) {
            synchronized (monitor) {
                failChange(new OutcomeUnknownException("the member has stopped"));
            }
        }
    }

    private void run() {
        List<Event> events = new ArrayList<>();
        while (running && failure == null) {
            try {
                Event first = inbox.poll(TICK_NANOS, TimeUnit.NANOSECONDS);
                if (first != null) {
                    events.add(first);
                    inbox.drainTo(events, EVENTS_AT_ONCE);
                }
            } catch (InterruptedException e) {
                return;
            }
            turn(events);
            events.clear();
        }
    }

    /** Handles what has come, then does what is due. Term, role and index are asked for after the last event. */
    void turn(List<Event> events) {
        synchronized (monitor) {
            try {
                wakened.set(false);
                noteView();
                for (Event event : events) {
                    handle(event);
                }
                long now = System.nanoTime();
                elections.tick(now);
                if (leads()) {
                    lead(now);
                }
                publish();
            } catch (Throwable e) { // an Error as well: half a change must not be followed by another
                halt(e);
                events.forEach(event -> refuse(event, e));
            }
        }
    }

    private void handle(Event event) throws Exception {
        switch (event) {
            case Received received -> receive(received.from(), received.message());
            case Wake ignored -> {}
            case SnapshotWish wish -> {
                takeSnapshot();
                publish(); // who waited asks for the status next
                wish.done().complete(null);
            }
            case ChangeWish wish -> startChange(wish.change());
        }
    }

    /** Nobody will see to that any more. Who was answered already hears nothing of it. */
    private static void refuse(Event event, @Nullable Throwable cause) {
        NotProposedException reason = new NotProposedException("the member has stopped", cause);
        switch (event) {
            case SnapshotWish wish -> wish.done().completeExceptionally(reason);
            case ChangeWish wish -> wish.change().done().completeExceptionally(reason);
            case Received ignored -> {}
            case Wake ignored -> {}
        }
    }

    private void refuseWaiting() {
        for (Event event = inbox.poll(); event != null; event = inbox.poll()) {
            refuse(event, failure);
        }
    }

    private boolean hasEnded() {
        return failure != null || !running;
    }

    private void halt(Throwable e) {
        if (failure != null) {
            return;
        }
        failure = e;
        peers = null;
        publish();
        log.error("the member halts: " + e);
        failChange(new OutcomeUnknownException("the member halted", e));
        refuseWaiting();
        replica.halted(e);
    }

    // ------------------------------------------------------------------ the stack's side

    @Override
    public @Nullable Object up(Message message) {
        if (message.getHeader(id) == null) {
            return up_prot.up(message);
        }
        arrived(message);
        return null;
    }

    @Override
    public void up(MessageBatch batch) {
        for (Iterator<Message> messages = batch.iterator(); messages.hasNext(); ) {
            Message message = messages.next();
            if (message.getHeader(id) != null) {
                messages.remove();
                arrived(message);
            }
        }
        if (!batch.isEmpty()) {
            up_prot.up(batch);
        }
    }

    private void arrived(Message message) {
        View view = latestView;
        Address from = message.src();
        if (view == null || !view.containsMember(from) || !message.hasArray()) {
            return; // only who was let in has a say
        }
        RaftMessage content;
        try {
            content = RaftCodec.decode(message.getArray(), message.getOffset(), message.getLength());
        } catch (MalformedMessageException e) {
            log.warn("%s: dropped a message of %s: %s", local_addr, from, e.getMessage());
            return;
        }
        if (content instanceof Consensus consensus) {
            Received received = new Received(from, consensus);
            if (synchronous) {
                turn(List.of(received));
            } else if (!inbox.offer(received)) {
                log.debug("%s: dropped a message of %s: %d are waiting", local_addr, from, INBOX);
            }
        } else {
            replica.received(from, content);
        }
    }

    /** Called by JGroups with each view; what follows from it is done by this protocol's own thread. */
    @Override
    public void handleView(View view) {
        latestView = view;
        if (synchronous) {
            turn(List.of());
        } else {
            wake();
        }
    }

    void tell(Address to, RaftMessage message) {
        Message carrier = new BytesMessage(to, RaftCodec.encode(message))
                .setFlag(Message.Flag.NO_RELIABILITY, Message.Flag.NO_FC)
                .putHeader(id, new StrictHeader());
        down_prot.down(carrier);
    }

    void tellOthers(RaftMessage message) {
        if (seenView == null) {
            return;
        }
        for (Address member : seenView) {
            if (!member.equals(local_addr)) {
                tell(member, message);
            }
        }
    }

    /** Lets the thread see soon that there is something to do. */
    void wake() {
        if (wakened.compareAndSet(false, true) && !inbox.offer(new Wake())) {
            wakened.set(false); // the inbox is full, so the thread is not waiting
        }
    }

    // ------------------------------------------------------------------ roles

    Address localAddress() {
        return Objects.requireNonNull(local_addr);
    }

    boolean leads() {
        return peers != null;
    }

    boolean isVoter() {
        return members().contains(raft_id);
    }

    private Map<Address, Peer> peers() {
        return Objects.requireNonNull(peers);
    }

    boolean majorityConnected() {
        return connectedVoters() >= majority();
    }

    private int connectedVoters() {
        Set<String> connected = new HashSet<>();
        if (seenView != null) {
            for (Address member : seenView) {
                connected.add(raftId(member));
            }
        }
        connected.retainAll(members());
        return connected.size();
    }

    static String raftId(Address address) {
        String id = address instanceof ExtendedUUID ? Utils.extractRaftId(address) : null;
        return id == null ? "" : id;
    }

    /** Called back by the superclass's state whenever it sets the leader, with the part that this member has under it. */
    @Override
    protected RAFT changeRole(Role role) {
        synchronized (monitor) {
            if (role == Role.Leader) {
                if (!leads()) {
                    beginLeading();
                }
            } else if (leads()) {
                stopLeading();
            }
            if (replica != null) { // the superclass's constructor comes by before there is one
                replica.leaderChanged(raft_state.leader());
            }
        }
        return this;
    }

    private void beginLeading() {
        long now = System.nanoTime();
        Map<Address, Peer> others = new LinkedHashMap<>();
        peers = others;
        beginsTerm = true;
        firstOfTerm = Long.MAX_VALUE;
        incoming = null;
        addPeers(now);
    }

    private void stopLeading() {
        peers = null;
        beginsTerm = false;
        failChange(new OutcomeUnknownException("the leader of the change lost its leadership"));
        replica.leadershipLost("leader " + raft_id + " of term " + currentTerm() + " or before lost its leadership");
        elections.waitAgain(System.nanoTime());
    }

    private void addPeers(long now) {
        View view = seenView;
        if (view == null) {
            return;
        }
        Map<Address, Peer> others = peers();
        others.keySet().removeIf(address -> !view.containsMember(address));
        for (Address member : view) {
            if (!member.equals(local_addr)) {
                others.computeIfAbsent(member, address -> new Peer(address, raftId(address), last_appended + 1, now));
            }
        }
    }

    private void noteView() {
        View view = latestView;
        View before = seenView;
        if (view == null || view == before) {
            return;
        }
        boolean hadMajority = majorityConnected();
        seenView = view;
        super.view = view;
        long now = System.nanoTime();
        Address leader = leader();
        if (leads()) {
            addPeers(now);
            if (!majorityConnected()) {
                super.setLeaderAndTerm(null, 0);
            }
        } else if (leader != null && !view.containsMember(leader)) {
            super.setLeaderAndTerm(null, 0);
            elections.leaderLeft(now);
        } else if (leader == null && !hadMajority && majorityConnected()) {
            elections.standSoon(now);
        } else if (leader == null && before != null && view.size() < before.size()) {
            elections.standSoon(now);
        }
    }

    // ------------------------------------------------------------------ messages

    private void receive(Address from, Consensus message) throws IOException {
        if (seenView == null || !seenView.containsMember(from)) {
            return; // queued before its sender left: a leader that is gone must not be followed again
        }
        long now = System.nanoTime();
        if (message instanceof VoteRequest request) {
            elections.requested(from, request, now);
            return;
        }
        if (message.term() < currentTerm()) {
            if (message instanceof Append append) { // so that a leader of an earlier term learns that it is none
                tell(from, new AppendAnswer(currentTerm(), false, 0, append.previousIndex()));
            }
            return;
        }
        if (message.term() > currentTerm()) {
            currentTerm(message.term());
        }
        switch (message) {
            case Append append -> {
                follow(from, now);
                tell(from, append(append));
            }
            case AppendAnswer answer -> appendAnswered(from, answer, now);
            case SnapshotPart part -> {
                follow(from, now);
                receive(from, part);
            }
            case SnapshotAnswer answer -> snapshotAnswered(from, answer, now);
            case VoteAnswer answer -> elections.answered(from, answer, now);
            case VoteRequest handled -> throw new AssertionError(handled);
        }
    }

    /** Whoever sends entries in this term leads it; that there is only one, the superclass's state checks. */
    private void follow(Address leader, long now) {
        if (leads() || leader() != null && !leader.equals(leader())) {
            throw new IllegalStateException(
                    "two leaders in term %d: %s and %s".formatted(currentTerm(), leader(), leader));
        }
        if (leader() == null) {
            super.leader(leader);
        }
        elections.heardLeader(now);
    }

    private AppendAnswer append(Append request) {
        if (verifiedTerm != currentTerm()) {
            verifiedTerm = currentTerm();
            verified = 0;
        }
        long previous = request.previousIndex();
        if (previous > last_appended) {
            return refused(request, last_appended);
        }
        if (previous > commit_index && termAt(previous) != request.previousTerm()) {
            return refused(request, beforeTermOf(previous));
        }
        List<LogEntry> received = request.entries();
        int at = 0;
        for (; at < received.size() && previous + at + 1 <= last_appended; at++) {
            long index = previous + at + 1;
            if (index > commit_index && termAt(index) != received.get(at).term()) {
                deleteFrom(index);
                break;
            }
        }
        if (at < received.size()) {
            appendToLog(received.subList(at, received.size()));
        }
        long match = previous + received.size();
        verified = Math.max(verified, match);
        commitTo(Math.min(request.commitIndex(), verified));
        return new AppendAnswer(currentTerm(), true, match, previous);
    }

    private AppendAnswer refused(Append request, long hint) {
        return new AppendAnswer(currentTerm(), false, hint, request.previousIndex());
    }

    /** The last index before the run of entries that have the same term as the one at an index; not below the commit index. */
    private long beforeTermOf(long index) {
        long term = termAt(index);
        long at = index;
        while (at > commit_index && termAt(at) == term) {
            at--;
        }
        return at;
    }

    private void deleteFrom(long index) {
        if (index <= commit_index) {
            throw new IllegalStateException("the leader's entry %d differs from a committed one".formatted(index));
        }
        entries.deleteAllEntriesStartingFrom(index);
        last_appended = entries.lastAppended();
        membership.deleteFrom(index);
        votersChanged();
    }

    private void appendToLog(List<LogEntry> added) {
        LogEntries batch = new LogEntries().add(added.toArray(LogEntry[]::new));
        long index = last_appended + 1;
        last_appended = entries.append(index, batch);
        bytesSinceSnapshot += batch.totalSize();
        for (LogEntry entry : added) {
            if (noteMembership(index++, entry)) {
                votersChanged();
            }
        }
    }

    private LogEntry entry(long index) {
        LogEntry entry = entries.get(index);
        if (entry == null) {
            throw new IllegalStateException("no entry %d in the log, which says that it reaches from %d to %d"
                    .formatted(index, entries.firstAppended(), entries.lastAppended()));
        }
        return entry;
    }

    private long termAt(long index) {
        return index == 0 ? 0 : entry(index).term();
    }

    long lastTerm() {
        return termAt(last_appended);
    }

    // ------------------------------------------------------------------ leading

    private void lead(long now) {
        if (!heardMajority(now)) {
            super.setLeaderAndTerm(null, 0);
            return;
        }
        if (beginsTerm) {
            beginsTerm = false;
            firstOfTerm = last_appended + 1;
            replicate(new LogEntry(currentTerm(), replica.firstEntry(firstOfTerm)), now);
        }
        commitByCounting();
        if (!leads()) {
            return;
        }
        appendChange(now);
        if (last_appended - commit_index < options.entriesUnderWay()) {
            byte[] next = replica.nextEntry(last_appended + 1);
            if (next != null) {
                replicate(new LogEntry(currentTerm(), next), now);
            }
        }
        commitByCounting();
        if (!leads()) {
            return;
        }
        long heartbeat = options.timing().heartbeat().toNanos();
        long resend = options.timing().resend().toNanos();
        for (Peer peer : peers().values()) {
            Peer.SnapshotTransfer transfer = peer.transfer;
            if (transfer != null) {
                if (now - peer.sentNanos > heartbeat) {
                    sendPart(peer, transfer, transfer.piece(0), now);
                }
                continue;
            }
            if (!peer.isIdle() && now - Math.max(peer.sentNanos, peer.heardNanos) > resend) {
                peer.resend();
            }
            sendTo(peer, now);
            if (now - peer.sentNanos > heartbeat || peer.isIdle() && peer.commitTold < commit_index) {
                send(peer, List.of(), now);
            }
        }
    }

    private boolean heardMajority(long now) {
        Set<String> heard = new HashSet<>();
        heard.add(raft_id);
        for (Peer peer : peers().values()) {
            if (now - peer.heardNanos < options.timing().electionTimeout().toNanos()) {
                heard.add(peer.id);
            }
        }
        heard.retainAll(members());
        return heard.size() >= majority();
    }

    /** Sends a new entry to all that have the ones before it, and appends it here meanwhile. */
    private void replicate(LogEntry entry, long now) {
        long index = last_appended + 1;
        long previousTerm = lastTerm();
        for (Peer peer : peers().values()) {
            if (peer.next == index && peer.mayReceive()) {
                tell(
                        peer.address,
                        new Append(currentTerm(), last_appended, previousTerm, commit_index, List.of(entry)));
                peer.sent(index, entry.length(), now);
                peer.commitTold = commit_index;
            }
        }
        appendToLog(List.of(entry));
    }

    private void sendTo(Peer peer, long now) {
        while (peer.next <= last_appended && peer.mayReceive()) {
            if (!isAvailable(peer.next)) {
                beginTransfer(peer, now);
                return;
            }
            List<LogEntry> batch = new ArrayList<>();
            long bytes = 0;
            for (long index = peer.next; index <= last_appended && batch.size() < RaftCodec.MAX_ENTRIES; index++) {
                LogEntry entry = entry(index);
                if (!batch.isEmpty() && bytes + entry.length() > APPEND_BYTES) {
                    break;
                }
                batch.add(entry);
                bytes += entry.length();
            }
            send(peer, batch, now);
            peer.sent(peer.next + batch.size() - 1, bytes, now);
        }
    }

    /** Whether the log has that entry, and at least the term of the one before it. */
    private boolean isAvailable(long index) {
        return index >= entries.firstAvailable() && (index == 1 || entries.get(index - 1) != null);
    }

    private void send(Peer peer, List<LogEntry> batch, long now) {
        long previous = peer.next - 1;
        if (previous > 0 && entries.get(previous) == null) {
            return; // a snapshot is due or under way
        }
        tell(peer.address, new Append(currentTerm(), previous, termAt(previous), commit_index, batch));
        peer.sentNanos = now;
        peer.commitTold = commit_index;
    }

    private void appendAnswered(Address from, AppendAnswer answer, long now) {
        Peer peer = leads() ? peers().get(from) : null;
        if (peer == null) {
            return;
        }
        peer.heardNanos = now;
        if (!answer.accepted()) {
            peer.differs(answer.previousIndex(), answer.index());
        } else if (answer.index() <= last_appended) {
            peer.matches(answer.index());
        } else {
            throw new IllegalStateException("%s has entry %d of term %d, which its leader has not made"
                    .formatted(from, answer.index(), currentTerm()));
        }
    }

    /** Only an entry of this leader's own term; those before it are committed with it. */
    private void commitByCounting() {
        Map<String, Long> matches = new HashMap<>();
        matches.put(raft_id, last_appended);
        for (Peer peer : peers().values()) {
            matches.merge(peer.id, peer.match, Math::max);
        }
        List<String> voters = members();
        long[] sorted = voters.stream()
                .mapToLong(voter -> matches.getOrDefault(voter, 0L))
                .sorted()
                .toArray();
        long onMajority = sorted[sorted.length - majority()];
        if (onMajority > commit_index && onMajority >= firstOfTerm) {
            commitTo(onMajority);
        }
    }

    // ------------------------------------------------------------------ applying

    private void commitTo(long index) {
        if (index <= commit_index) {
            return;
        }
        long started = System.nanoTime();
        for (long next = commit_index + 1; next <= index; next++) {
            LogEntry entry = entry(next);
            if (entry.internal()) {
                replica.passOver(next);
            } else {
                replica.apply(next, entry);
            }
            commit_index = next;
        }
        applyNanos += System.nanoTime() - started;
        entries.commitIndex(commit_index);
        finishChange();
        if (bytesSinceSnapshot >= options.snapshotBytes()) {
            try {
                takeSnapshot();
            } catch (IOException e) {
                throw new IllegalStateException("the state cannot be written as a snapshot", e);
            }
        }
    }

    // ------------------------------------------------------------------ snapshots

    /** Covers everything applied. Makes none if the newest does that already. */
    @Override
    protected void takeSnapshot() throws IOException {
        if (commit_index == 0 || commit_index == entries.firstAppended()) {
            return;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(1 << 16);
        DataOutputStream out = new DataOutputStream(bytes);
        List<String> voters = membership.at(commit_index);
        out.writeInt(voters.size());
        for (String voter : voters) {
            out.writeUTF(voter);
        }
        replica.writeSnapshot(out);
        out.flush();
        entries.installSnapshot(commit_index, termAt(commit_index), ByteBuffer.wrap(bytes.toByteArray()));
        bytesSinceSnapshot = 0;
        num_snapshots++;
    }

    private void readSnapshot(long index, ByteBuffer content) throws IOException {
        byte[] bytes = new byte[content.remaining()];
        content.duplicate().get(bytes);
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
        int count = in.readInt();
        if (count < 1 || count > options.maxMembers()) {
            throw new IOException("a snapshot with " + count + " voters");
        }
        List<String> voters = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            voters.add(in.readUTF());
        }
        replica.readSnapshot(index, in);
        membership.begin(index, voters);
        votersChanged();
    }

    private void beginTransfer(Peer peer, long now) {
        SnapshotInfo newest = entries.snapshotInfo()
                .orElseThrow(
                        () -> new IllegalStateException("entry " + peer.next + " is gone and no snapshot covers it"));
        ByteBuffer content = peers().values().stream()
                .map(other -> other.transfer)
                .filter(transfer -> transfer != null && transfer.index == newest.index())
                .findFirst()
                .map(transfer -> transfer.content)
                .orElseGet(() -> Objects.requireNonNull(entries.getSnapshot()));
        Peer.SnapshotTransfer transfer = new Peer.SnapshotTransfer(newest.index(), newest.term(), content);
        peer.transfer = transfer;
        sendPiece(peer, transfer, now);
    }

    private void sendPiece(Peer peer, Peer.SnapshotTransfer transfer, long now) {
        sendPart(peer, transfer, transfer.piece(SNAPSHOT_PIECE_BYTES), now);
        transfer.pieceNanos = now;
    }

    /**
     * An empty part is the heartbeat of a transfer: the answer says how much has come. So a piece that was lost is sent again once
     * its receiver says so, and to one that is silent nothing large is sent twice.
     */
    private void sendPart(Peer peer, Peer.SnapshotTransfer transfer, ByteBuffer bytes, long now) {
        tell(
                peer.address,
                new SnapshotPart(
                        currentTerm(),
                        transfer.index,
                        transfer.indexTerm,
                        transfer.content.remaining(),
                        transfer.received,
                        bytes));
        peer.sentNanos = now;
    }

    private void snapshotAnswered(Address from, SnapshotAnswer answer, long now) {
        Peer peer = leads() ? peers().get(from) : null;
        if (peer == null) {
            return;
        }
        peer.heardNanos = now;
        Peer.SnapshotTransfer transfer = peer.transfer;
        if (transfer == null || transfer.index != answer.index()) {
            return;
        }
        long total = transfer.content.remaining();
        if (answer.received() >= total) {
            peer.transfer = null;
            peer.matches(transfer.index);
            peer.next = peer.match + 1;
        } else if (answer.received() != transfer.received
                || now - transfer.pieceNanos > options.timing().resend().toNanos()) {
            transfer.received = answer.received();
            sendPiece(peer, transfer, now);
        }
    }

    private void receive(Address from, SnapshotPart part) throws IOException {
        if (part.index() <= commit_index) { // nothing new; state never goes back
            incoming = null;
            tell(from, new SnapshotAnswer(currentTerm(), part.index(), part.totalBytes()));
            return;
        }
        IncomingSnapshot collected = incoming;
        if (collected == null || !collected.isOf(part)) {
            collected = new IncomingSnapshot(part, options.maxSnapshotBytes());
            incoming = collected;
        }
        collected.add(part);
        if (collected.isComplete()) {
            incoming = null;
            install(part.index(), part.indexTerm(), collected.content());
        }
        tell(from, new SnapshotAnswer(currentTerm(), part.index(), collected.received()));
    }

    /** The state machine refuses what is not a snapshot and is unchanged then; log and state are replaced together or the member halts. */
    private void install(long index, long term, ByteBuffer content) throws IOException {
        readSnapshot(index, content);
        entries.installSnapshot(index, term, content);
        last_appended = entries.lastAppended();
        commit_index = index;
        for (long kept = index + 1; kept <= last_appended; kept++) {
            noteMembership(kept, entry(kept));
        }
        votersChanged();
        bytesSinceSnapshot = 0;
        num_snapshot_received++;
        if (verifiedTerm != currentTerm()) {
            verifiedTerm = currentTerm();
            verified = 0;
        }
        verified = Math.max(verified, index);
        replica.statusChanged();
    }

    CompletableFuture<Void> wishSnapshot() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        offer(new SnapshotWish(done), done);
        return done;
    }

    // ------------------------------------------------------------------ voters

    /** Adds or removes a voter; fails unless this member leads. A voter that is added must follow already, as a learner. */
    CompletableFuture<Void> change(InternalCommand.Type type, String member, long deadlineNanos) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        offer(new ChangeWish(new Change(type, member, deadlineNanos, done)), done);
        return done;
    }

    private void offer(Event event, CompletableFuture<?> done) {
        if (hasEnded()) {
            refuse(event, failure);
        } else if (synchronous) {
            turn(List.of(event));
        } else if (!inbox.offer(event)) {
            done.completeExceptionally(new NotProposedException("the member has too much to do"));
        } else if (hasEnded()) {
            refuseWaiting(); // the thread may have looked for the last time before
        }
    }

    private void startChange(Change wished) {
        if (!leads()) {
            wished.done().completeExceptionally(new NotProposedException("this member does not lead"));
        } else if (change != null || membership.lastChange() > commit_index) {
            wished.done().completeExceptionally(new NotProposedException("another change of members is under way"));
        } else if ((wished.type() == InternalCommand.Type.addServer)
                == members().contains(wished.member())) {
            wished.done().complete(null); // it is so already
        } else if (wished.type() == InternalCommand.Type.removeServer
                && members().size() == 1) {
            wished.done().completeExceptionally(new NotProposedException("the last voter cannot be removed"));
        } else if (wished.type() == InternalCommand.Type.addServer && members().size() >= options.maxMembers()) {
            wished.done()
                    .completeExceptionally(new NotProposedException(
                            "there are " + options.maxMembers() + " voters, the most that are allowed"));
        } else {
            change = wished;
        }
    }

    private void appendChange(long now) {
        Change wanted = change;
        if (wanted == null || wanted.index() != 0 || commit_index < firstOfTerm) {
            return;
        }
        if (wanted.type() == InternalCommand.Type.addServer && !hasCaughtUp(wanted.member())) {
            if (now - wanted.deadlineNanos() >= 0) {
                failChange(new NotProposedException(wanted.member()
                        + " is not connected, or has not caught up with the log; start it, and try again"));
            }
            return;
        }
        byte[] command;
        try {
            command = Util.streamableToByteBuffer(new InternalCommand(wanted.type(), wanted.member()));
        } catch (Exception e) {
            throw new IllegalStateException("a membership command cannot be written", e);
        }
        change = wanted.at(last_appended + 1);
        replicate(new LogEntry(currentTerm(), command, 0, command.length, true), now);
    }

    private boolean hasCaughtUp(String member) {
        return peers().values().stream()
                .anyMatch(peer -> peer.id.equals(member)
                        && peer.match > 0
                        && peer.match >= commit_index - options.catchUpEntries());
    }

    private void finishChange() {
        Change under = change;
        if (under != null && under.index() != 0 && under.index() <= commit_index) {
            change = null;
            under.done().complete(null);
        }
        if (leads() && !isVoter() && membership.lastChange() <= commit_index) {
            super.setLeaderAndTerm(null, 0); // removed itself, and that is decided
        }
    }

    private void failChange(ProposalException reason) {
        Change under = change;
        change = null;
        if (under != null) {
            under.done()
                    .completeExceptionally(
                            under.index() == 0
                                    ? new NotProposedException("the change of members was not begun", reason)
                                    : reason);
        }
    }

    private boolean noteMembership(long index, LogEntry entry) {
        if (!entry.internal()) {
            return false;
        }
        Voters command = Voters.read(entry);
        switch (command.type()) {
            case addServer -> membership.add(index, command.member());
            case removeServer -> membership.remove(index, command.member());
            case noop -> {
                return false;
            }
        }
        return true;
    }

    private void votersChanged() {
        members(membership.current());
        if (replica != null) {
            replica.statusChanged();
        }
    }

    // ------------------------------------------------------------------ inherited entry points, under the monitor

    @Override
    public long currentTerm() {
        return super.currentTerm(); // RaftState guards it; the log asks for it while the monitor is held
    }

    @Override
    public int currentTerm(long newTerm) {
        synchronized (monitor) {
            if (newTerm > super.currentTerm()) {
                incoming = null; // of a leader that is none any more
            }
            return super.currentTerm(newTerm);
        }
    }

    @Override
    public RAFT setLeaderAndTerm(@Nullable Address leader, long term) {
        synchronized (monitor) {
            return super.setLeaderAndTerm(leader, term);
        }
    }

    @Override
    public int trySetLeaderAndTerm(Address leader, long term) {
        synchronized (monitor) {
            return super.trySetLeaderAndTerm(leader, term);
        }
    }

    @Override
    public long createNewTerm() {
        synchronized (monitor) {
            return super.createNewTerm();
        }
    }

    @Override
    public RAFT votedFor(Address member) {
        synchronized (monitor) {
            return super.votedFor(member);
        }
    }

    @Override
    public RAFT leader(@Nullable Address leader) {
        synchronized (monitor) {
            return super.leader(leader);
        }
    }

    @Override
    public CompletableFuture<byte[]> setAsync(
            byte[] bytes, int offset, int length, boolean internal, @Nullable Options how) {
        throw new UnsupportedOperationException("propose to the member, which tells what is known of the outcome");
    }

    @Override
    public CompletableFuture<byte[]> setAsync(byte[] bytes, int offset, int length, @Nullable Options how) {
        return setAsync(bytes, offset, length, false, how);
    }

    @Override
    public CompletableFuture<byte[]> getAsync(byte[] bytes, int offset, int length, @Nullable Options how) {
        throw new UnsupportedOperationException("read behind the member's barrier");
    }

    // ------------------------------------------------------------------ for other threads

    Optional<Throwable> failure() {
        return Optional.ofNullable(failure);
    }

    /** As of the last turn of the thread. */
    Progress progress() {
        return Objects.requireNonNull(progress, "not started");
    }

    private void publish() {
        Progress before = progress;
        Map<String, Long> matches = new HashMap<>();
        Map<Address, Peer> others = peers;
        if (others != null) {
            others.values().forEach(peer -> matches.merge(peer.id, peer.match, Math::max));
        }
        MemberStatus.Role role = failure != null
                ? MemberStatus.Role.HALTED
                : leads()
                        ? MemberStatus.Role.LEADER
                        : !isVoter()
                                ? MemberStatus.Role.LEARNER
                                : elections.isCandidate() ? MemberStatus.Role.CANDIDATE : MemberStatus.Role.FOLLOWER;
        Progress now = new Progress(
                role,
                currentTerm(),
                leader(),
                commit_index,
                last_appended,
                entries.firstAppended(),
                bytesSinceSnapshot,
                members(),
                matches,
                applyNanos);
        progress = now;
        if (before == null
                || before.role() != role
                || before.term() != now.term()
                || !Objects.equals(before.leader(), now.leader())
                || !before.members().equals(now.members())) {
            replica.statusChanged();
        }
    }

    record Progress(
            MemberStatus.Role role,
            long term,
            @Nullable Address leader,
            long commitIndex,
            long lastIndex,
            long snapshotIndex,
            long logBytes,
            List<String> members,
            Map<String, Long> matches,
            long applyNanos) {}

    sealed interface Event {}

    record Received(Address from, Consensus message) implements Event {}

    record Wake() implements Event {}

    record SnapshotWish(CompletableFuture<Void> done) implements Event {}

    record ChangeWish(Change change) implements Event {}

    /** A change of voters, with its place in the log once it has one. */
    record Change(
            InternalCommand.Type type, String member, long deadlineNanos, CompletableFuture<Void> done, long index) {
        Change(InternalCommand.Type type, String member, long deadlineNanos, CompletableFuture<Void> done) {
            this(type, member, deadlineNanos, done, 0);
        }

        Change at(long place) {
            return new Change(type, member, deadlineNanos, done, place);
        }
    }

    /** A snapshot that arrives in pieces; memory grows with what has arrived, up to what it says and a bound. */
    private static final class IncomingSnapshot {
        private final SnapshotPart first;
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        IncomingSnapshot(SnapshotPart first, long maxBytes) throws IOException {
            if (first.totalBytes() > maxBytes) {
                throw new IOException("the leader's snapshot has %d bytes, and this member takes %d"
                        .formatted(first.totalBytes(), maxBytes));
            }
            this.first = first;
        }

        boolean isOf(SnapshotPart part) {
            return part.index() == first.index()
                    && part.indexTerm() == first.indexTerm()
                    && part.totalBytes() == first.totalBytes()
                    && part.term() == first.term();
        }

        void add(SnapshotPart part) {
            int length = part.bytes().remaining();
            if (part.offset() != bytes.size() || length > part.totalBytes() - part.offset()) {
                return; // sent twice; the answer says where to go on
            }
            byte[] piece = new byte[length];
            part.bytes().duplicate().get(piece);
            bytes.write(piece, 0, length);
        }

        long received() {
            return bytes.size();
        }

        boolean isComplete() {
            return bytes.size() == first.totalBytes();
        }

        ByteBuffer content() {
            return ByteBuffer.wrap(bytes.toByteArray());
        }
    }

    /** A membership command as {@link InternalCommand} writes it, which has no getter for the name. */
    private record Voters(InternalCommand.Type type, String member) {
        static Voters read(LogEntry entry) {
            try {
                DataInputStream in =
                        new DataInputStream(new ByteArrayInputStream(entry.command(), entry.offset(), entry.length()));
                InternalCommand.Type type = InternalCommand.Type.values()[in.readByte()];
                return new Voters(type, Objects.requireNonNullElse(Bits.readString(in), ""));
            } catch (IOException | IndexOutOfBoundsException e) {
                throw new IllegalStateException("a membership command cannot be read", e);
            }
        }
    }
}
