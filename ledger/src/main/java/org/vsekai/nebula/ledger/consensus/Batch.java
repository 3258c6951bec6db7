package org.vsekai.nebula.ledger.consensus;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jgroups.protocols.raft.LogEntry;

/** What an entry of the log holds: the leader's stamp and any number of commands. Version (1 byte), ledger and wall time (8 each), count (4), and per command its length (4) and bytes. */
final class Batch {
    private static final byte VERSION = 1;
    private static final int HEAD_BYTES = 1 + 8 + 8 + 4;

    private final Stamp stamp;
    private final List<byte[]> commands;

    private Batch(Stamp stamp, List<byte[]> commands) {
        this.stamp = stamp;
        this.commands = commands;
    }

    Stamp stamp() {
        return stamp;
    }

    List<byte[]> commands() {
        return commands;
    }

    static byte[] encode(Stamp stamp, List<byte[]> commands) {
        int bytes = HEAD_BYTES;
        for (byte[] command : commands) {
            bytes = Math.addExact(bytes, 4 + command.length);
        }
        ByteBuffer out = ByteBuffer.allocate(bytes);
        out.put(VERSION)
                .putLong(stamp.ledgerMillis())
                .putLong(stamp.wallMillis())
                .putInt(commands.size());
        for (byte[] command : commands) {
            out.putInt(command.length).put(command);
        }
        return out.array();
    }

    /** @throws IllegalStateException for bytes that {@link #encode} has not made; the majority has agreed on them, so the member must stop */
    static Batch decode(LogEntry entry) {
        ByteBuffer in = ByteBuffer.wrap(entry.command(), entry.offset(), entry.length());
        try {
            byte version = in.get();
            if (version != VERSION) {
                throw new IllegalStateException("an entry of version " + version + ", this member reads " + VERSION);
            }
            Stamp stamp = new Stamp(in.getLong(), in.getLong());
            int count = in.getInt();
            if (count < 0 || count * 4L > in.remaining()) {
                throw new IllegalStateException(count + " commands in " + in.remaining() + " bytes");
            }
            List<byte[]> commands = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                int length = in.getInt();
                if (length < 0 || length > in.remaining()) {
                    throw new IllegalStateException("a command of %d bytes in %d".formatted(length, in.remaining()));
                }
                byte[] command = new byte[length];
                in.get(command);
                commands.add(command);
            }
            return new Batch(stamp, commands);
        } catch (BufferUnderflowException e) {
            throw new IllegalStateException("an entry cut short at " + entry.length() + " bytes", e);
        }
    }
}
