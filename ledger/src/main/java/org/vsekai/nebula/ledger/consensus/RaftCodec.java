package org.vsekai.nebula.ledger.consensus;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jgroups.protocols.raft.LogEntry;
import org.vsekai.nebula.ledger.consensus.RaftMessage.Append;
import org.vsekai.nebula.ledger.consensus.RaftMessage.AppendAnswer;
import org.vsekai.nebula.ledger.consensus.RaftMessage.Forward;
import org.vsekai.nebula.ledger.consensus.RaftMessage.ForwardAnswer;
import org.vsekai.nebula.ledger.consensus.RaftMessage.SnapshotAnswer;
import org.vsekai.nebula.ledger.consensus.RaftMessage.SnapshotPart;
import org.vsekai.nebula.ledger.consensus.RaftMessage.VoteAnswer;
import org.vsekai.nebula.ledger.consensus.RaftMessage.VoteRequest;

/**
 * The bytes of a {@link RaftMessage}: a version, a code of the kind, its numbers in big-endian order, and what follows. A
 * length is believed only as far as the message reaches, so nothing is allocated that was not received.
 */
final class RaftCodec {
    /** Entries in one message at most. */
    static final int MAX_ENTRIES = 4_096;

    private static final byte VERSION = 1;
    private static final int ENTRY_HEAD_BYTES = 8 + 1 + 4;
    private static final int MAX_HEAD_BYTES = 2 + 6 * 8;

    private RaftCodec() {}

    static byte[] encode(RaftMessage message) {
        ByteBuffer out = ByteBuffer.allocate(Math.addExact(MAX_HEAD_BYTES, contentBytes(message)));
        out.put(VERSION);
        switch (message) {
            case Append m -> {
                out.put((byte) 1).putLong(m.term()).putLong(m.previousIndex()).putLong(m.previousTerm());
                out.putLong(m.commitIndex()).putInt(m.entries().size());
                for (LogEntry entry : m.entries()) {
                    out.putLong(entry.term())
                            .put((byte) (entry.internal() ? 1 : 0))
                            .putInt(entry.length());
                    out.put(entry.command(), entry.offset(), entry.length());
                }
            }
            case AppendAnswer m ->
                out.put((byte) 2)
                        .putLong(m.term())
                        .put(flag(m.accepted()))
                        .putLong(m.index())
                        .putLong(m.previousIndex());
            case SnapshotPart m -> {
                out.put((byte) 3)
                        .putLong(m.term())
                        .putLong(m.index())
                        .putLong(m.indexTerm())
                        .putLong(m.totalBytes());
                out.putLong(m.offset()).put(m.bytes().duplicate());
            }
            case SnapshotAnswer m ->
                out.put((byte) 4).putLong(m.term()).putLong(m.index()).putLong(m.received());
            case VoteRequest m ->
                out.put((byte) 5)
                        .putLong(m.term())
                        .put(flag(m.trial()))
                        .putLong(m.lastIndex())
                        .putLong(m.lastTerm());
            case VoteAnswer m ->
                out.put((byte) 6)
                        .putLong(m.term())
                        .putLong(m.round())
                        .put(flag(m.trial()))
                        .put(flag(m.granted()));
            case Forward m -> {
                out.put((byte) 7).putLong(m.id()).put(code(m.kind())).putLong(m.timeoutMillis());
                out.put(m.content().duplicate());
            }
            case ForwardAnswer m ->
                out.put((byte) 8)
                        .putLong(m.id())
                        .put(code(m.outcome()))
                        .put(m.content().duplicate());
        }
        byte[] bytes = new byte[out.position()];
        out.flip().get(bytes);
        return bytes;
    }

    /** @throws MalformedMessageException for anything that {@link #encode} cannot have made */
    static RaftMessage decode(byte[] bytes, int offset, int length) {
        ByteBuffer in = ByteBuffer.wrap(bytes, offset, length).slice();
        try {
            byte version = in.get();
            if (version != VERSION) {
                throw new MalformedMessageException("version " + version + ", this member speaks " + VERSION);
            }
            RaftMessage message = decode(in.get(), in);
            if (in.hasRemaining()) {
                throw new MalformedMessageException(in.remaining() + " bytes too many");
            }
            return message;
        } catch (BufferUnderflowException e) {
            throw new MalformedMessageException("cut short at " + length + " bytes");
        }
    }

    private static RaftMessage decode(byte code, ByteBuffer in) {
        return switch (code) {
            case 1 -> new Append(number(in), number(in), number(in), number(in), entries(in));
            case 2 -> new AppendAnswer(number(in), flag(in), number(in), number(in));
            case 3 -> new SnapshotPart(number(in), number(in), number(in), number(in), number(in), rest(in));
            case 4 -> new SnapshotAnswer(number(in), number(in), number(in));
            case 5 -> new VoteRequest(number(in), flag(in), number(in), number(in));
            case 6 -> new VoteAnswer(number(in), number(in), flag(in), flag(in));
            case 7 -> new Forward(in.getLong(), kind(in.get()), number(in), rest(in));
            case 8 -> new ForwardAnswer(in.getLong(), outcome(in.get()), rest(in));
            default -> throw new MalformedMessageException("unknown kind " + code);
        };
    }

    private static List<LogEntry> entries(ByteBuffer in) {
        int count = in.getInt();
        if (count < 0 || count > MAX_ENTRIES || (long) count * ENTRY_HEAD_BYTES > in.remaining()) {
            throw new MalformedMessageException(count + " entries in " + in.remaining() + " bytes");
        }
        List<LogEntry> entries = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            long term = number(in);
            boolean internal = flag(in);
            int length = in.getInt();
            if (length < 0 || length > in.remaining()) {
                throw new MalformedMessageException("an entry of " + length + " bytes in " + in.remaining());
            }
            byte[] command = new byte[length];
            in.get(command);
            entries.add(new LogEntry(term, command, 0, length, internal));
        }
        return entries;
    }

    private static long number(ByteBuffer in) {
        long number = in.getLong();
        if (number < 0) {
            throw new MalformedMessageException("negative number " + number);
        }
        return number;
    }

    private static byte flag(boolean value) {
        return (byte) (value ? 1 : 0);
    }

    private static boolean flag(ByteBuffer in) {
        byte value = in.get();
        if (value != 0 && value != 1) {
            throw new MalformedMessageException("neither true nor false: " + value);
        }
        return value == 1;
    }

    private static ByteBuffer rest(ByteBuffer in) {
        ByteBuffer rest = in.slice();
        in.position(in.limit());
        return rest;
    }

    private static byte code(Forward.Kind kind) {
        return switch (kind) {
            case COMMAND -> 1;
            case BARRIER -> 2;
            case ADD_MEMBER -> 3;
            case REMOVE_MEMBER -> 4;
        };
    }

    private static Forward.Kind kind(byte code) {
        return switch (code) {
            case 1 -> Forward.Kind.COMMAND;
            case 2 -> Forward.Kind.BARRIER;
            case 3 -> Forward.Kind.ADD_MEMBER;
            case 4 -> Forward.Kind.REMOVE_MEMBER;
            default -> throw new MalformedMessageException("unknown request " + code);
        };
    }

    private static byte code(ForwardAnswer.Outcome outcome) {
        return switch (outcome) {
            case DONE -> 1;
            case NOT_PROPOSED -> 2;
            case UNKNOWN -> 3;
        };
    }

    private static ForwardAnswer.Outcome outcome(byte code) {
        return switch (code) {
            case 1 -> ForwardAnswer.Outcome.DONE;
            case 2 -> ForwardAnswer.Outcome.NOT_PROPOSED;
            case 3 -> ForwardAnswer.Outcome.UNKNOWN;
            default -> throw new MalformedMessageException("unknown outcome " + code);
        };
    }

    private static int contentBytes(RaftMessage message) {
        return switch (message) {
            case Append m -> {
                int bytes = 0;
                for (LogEntry entry : m.entries()) {
                    bytes = Math.addExact(bytes, ENTRY_HEAD_BYTES + entry.length());
                }
                yield bytes;
            }
            case SnapshotPart m -> m.bytes().remaining();
            case Forward m -> m.content().remaining();
            case ForwardAnswer m -> m.content().remaining();
            case AppendAnswer m -> 0;
            case SnapshotAnswer m -> 0;
            case VoteRequest m -> 0;
            case VoteAnswer m -> 0;
        };
    }

    /** A message that no member of this version sends; it is dropped. */
    static final class MalformedMessageException extends RuntimeException {
        MalformedMessageException(String what) {
            super("malformed message: " + what);
        }
    }
}
