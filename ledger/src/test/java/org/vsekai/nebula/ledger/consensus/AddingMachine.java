package org.vsekai.nebula.ledger.consensus;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.OptionalLong;

/** Adds up what it is given, 8 bytes a command, and answers the sum: a command that counts twice or is lost shows. */
final class AddingMachine implements ReplicatedMachine {
    private volatile long sum;
    private volatile long commands;
    private volatile long millis;
    private volatile long due = Long.MAX_VALUE;

    static byte[] add(long amount) {
        return ByteBuffer.allocate(8).putLong(amount).array();
    }

    static long sum(byte[] result) {
        return ByteBuffer.wrap(result).getLong();
    }

    long sum() {
        return sum;
    }

    long commands() {
        return commands;
    }

    void dueAt(long ledgerMillis) {
        due = ledgerMillis;
    }

    @Override
    @SuppressWarnings("NonAtomicOperationOnVolatileField") // one thread writes
    public byte[] apply(long index, Stamp stamp, byte[] command) {
        sum = sum + ByteBuffer.wrap(command).getLong();
        commands = commands + 1;
        return add(sum);
    }

    @Override
    public void endBatch(long index, Stamp stamp) {
        millis = stamp.ledgerMillis();
        if (due <= millis) {
            due = Long.MAX_VALUE;
        }
    }

    @Override
    public void writeSnapshot(DataOutput out) throws IOException {
        out.writeLong(sum);
        out.writeLong(commands);
        out.writeLong(millis);
    }

    @Override
    public void readSnapshot(DataInput in) throws IOException {
        sum = in.readLong();
        commands = in.readLong();
        millis = in.readLong();
    }

    @Override
    public long ledgerMillis() {
        return millis;
    }

    @Override
    public OptionalLong nextDueMillis() {
        return OptionalLong.of(due);
    }
}
