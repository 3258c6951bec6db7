package org.vsekai.nebula.ledger.consensus;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jgroups.Address;
import org.jgroups.Message;
import org.jgroups.View;
import org.jgroups.protocols.raft.LogEntry;
import org.jgroups.protocols.raft.RAFT;
import org.jgroups.stack.Protocol;
import org.jgroups.util.ExtendedUUID;
import org.jgroups.util.Util;
import org.vsekai.nebula.ledger.log.LogOptions;
import org.vsekai.nebula.ledger.log.SegmentedLog;

/** A StrictRaft without network or thread: what the others say is put in, what it says is looked at. Its own id is "a". */
final class LoneRaft implements Replica, AutoCloseable {
    static final Address A = address("a");
    static final Address B = address("b");
    static final Address C = address("c");
    static final Address D = address("d");

    /** Nothing happens by time alone. */
    private static final RaftTiming NEVER =
            new RaftTiming(Duration.ofHours(1), Duration.ofHours(3), Duration.ofHours(1), Duration.ofHours(1));

    /** A leader's heartbeats and repetitions are due at every turn, elections never. */
    static final RaftTiming AT_EVERY_TURN =
            new RaftTiming(Duration.ofNanos(1), Duration.ofHours(3), Duration.ofHours(1), Duration.ofNanos(1));

    final SegmentedLog log;
    final StrictRaft raft;
    final List<Said> said = new ArrayList<>();
    final List<Long> applied = new ArrayList<>();
    final ArrayDeque<byte[]> proposals = new ArrayDeque<>();
    final List<String> lost = new ArrayList<>();
    byte[] state = new byte[0];
    int snapshotsWritten;
    Runnable onApply = () -> {};
    Runnable onSnapshot = () -> {};
    Throwable halted;

    LoneRaft(Path folder) throws IOException {
        this(folder, 1 << 20, 1 << 30);
    }

    LoneRaft(Path folder, long segmentBytes, long snapshotBytes) throws IOException {
        this(folder, segmentBytes, snapshotBytes, NEVER, List.of("a", "b", "c"));
    }

    LoneRaft(Path folder, List<String> configured) throws IOException {
        this(folder, 1 << 20, 1 << 30, NEVER, configured);
    }

    LoneRaft(Path folder, long segmentBytes, long snapshotBytes, RaftTiming timing, List<String> configured)
            throws IOException {
        log = SegmentedLog.open(
                folder, LogOptions.DEFAULT.withSegmentBytes(segmentBytes).withFsync(false));
        raft = new StrictRaft(
                log,
                this,
                new StrictRaftOptions("a", configured, timing, 1, snapshotBytes, 1 << 20, 7, 10),
                new Random(1));
        raft.synchronous(true);
        raft.setAddress(A);
        raft.setDownProtocol(new Protocol() {
            @Override
            public Object down(Message message) {
                said.add(new Said(
                        message.dest(),
                        RaftCodec.decode(message.getArray(), message.getOffset(), message.getLength())));
                return null;
            }
        });
        raft.start();
        view(A, B, C);
    }

    static Address address(String id) {
        return ExtendedUUID.randomUUID(id).put(RAFT.raft_id_key, Util.stringToBytes(id));
    }

    static LogEntry entry(long term, String command) {
        return new LogEntry(term, command.getBytes(StandardCharsets.UTF_8));
    }

    void view(Address... members) {
        raft.handleView(new View(members[0], 1, Arrays.asList(members)));
    }

    void hear(Address from, RaftMessage.Consensus... messages) {
        raft.turn(Arrays.stream(messages)
                .<StrictRaft.Event>map(message -> new StrictRaft.Received(from, message))
                .toList());
    }

    /** What was said to that member last. */
    <T extends RaftMessage> T last(Address to, Class<T> type) {
        for (int i = said.size() - 1; i >= 0; i--) {
            if (said.get(i).to().equals(to) && type.isInstance(said.get(i).message())) {
                return type.cast(said.get(i).message());
            }
        }
        throw new AssertionError("no " + type.getSimpleName() + " to " + to + " among " + said);
    }

    <T extends RaftMessage> List<T> all(Address to, Class<T> type) {
        return said.stream()
                .filter(one -> one.to().equals(to))
                .map(Said::message)
                .filter(type::isInstance)
                .map(type::cast)
                .toList();
    }

    /** As if the votes had been counted. */
    void lead(long term) {
        raft.setLeaderAndTerm(A, term);
        raft.turn(List.of());
    }

    void propose(String command) {
        proposals.add(command.getBytes(StandardCharsets.UTF_8));
        raft.turn(List.of());
    }

    List<Long> terms() {
        List<Long> terms = new ArrayList<>();
        for (long index = log.firstAppended() + 1; index <= log.lastAppended(); index++) {
            terms.add(log.get(index).term());
        }
        return terms;
    }

    @Override
    public byte[] nextEntry(long index) {
        return proposals.poll();
    }

    @Override
    public byte[] firstEntry(long index) {
        return new byte[] {0};
    }

    @Override
    public void apply(long index, LogEntry entry) {
        onApply.run();
        applied.add(index);
    }

    @Override
    public void passOver(long index) {}

    @Override
    public void writeSnapshot(DataOutput out) throws IOException {
        onSnapshot.run();
        snapshotsWritten++;
        out.writeInt(state.length);
        out.write(state);
    }

    @Override
    public void readSnapshot(long index, DataInput in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > 1 << 20) {
            throw new IOException("no snapshot");
        }
        byte[] read = new byte[length];
        in.readFully(read);
        state = read;
    }

    @Override
    public void leadershipLost(String reason) {
        lost.add(reason);
    }

    @Override
    public void leaderChanged(Address leader) {
        // Nothing is forwarded.
    }

    @Override
    public void received(Address from, RaftMessage message) {
        throw new AssertionError(message);
    }

    @Override
    public void statusChanged() {
        // Nobody looks.
    }

    @Override
    public void halted(Throwable failure) {
        halted = failure;
    }

    @Override
    public void close() {
        raft.stop();
        log.close();
    }

    record Said(Address to, RaftMessage message) {}
}
