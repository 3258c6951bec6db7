package org.vsekai.nebula.ledger.log;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.zip.CRC32C;
import org.jgroups.Address;
import org.jgroups.util.ExtendedUUID;
import org.jgroups.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Term and vote, in two slots of 4,096 bytes, each with a sequence number and a CRC-32C.
 *
 * <p><b>A change is answered when both slots hold it.</b> They are written in turn, by turns first one and first the other, each
 * synced before the next write. So whatever spoils one slot, the other decides: had the change in the spoiled slot been
 * answered, the other slot would have it as well. With a change in one slot only, falling back to the older would be a guess:
 * a vote that was cut short and an answered vote with a flipped bit look the same, the lost term may be higher by any number, so
 * raising the older one by one is no way out either, and the price of a wrong guess is two leaders in one term. The second
 * sync costs a fraction of a millisecond an election.
 *
 * <p>With both slots spoiled the file is refused. Where the slots differ, the newer state is taken and written to the other slot
 * before anyone learns of it.
 *
 * <p>Thread-safe.
 */
final class VoteFile implements Closeable {
    static final int SLOT_BYTES = 4096;

    private static final long MAGIC = 0x0100_4554_4f56_424eL; // "NBVOTE\0\1"
    private static final int ADDRESS_BYTES = 2048;
    private static final int ADDRESS_OFFSET = 48;
    private static final int CRC_OFFSET = SLOT_BYTES - 4;
    private static final int NO_ADDRESS = 0;
    private static final int UUID_ADDRESS = 1;
    private static final int EXTENDED_ADDRESS = 2;

    private final LogFolder folder;
    private final FileChannel channel;
    private long sequence;
    private VoteState state;
    private long changes;

    private VoteFile(LogFolder folder, FileChannel channel, Slot slot) {
        this.folder = folder;
        this.channel = channel;
        this.sequence = slot.sequence();
        this.state = slot.state();
    }

    private record Slot(long sequence, VoteState state) {}

    /** What a vote file holds. */
    record Content(long sequence, VoteState state, Optional<String> repair) {}

    /**
     * Reads and checks both slots. Changes nothing.
     *
     * @throws CorruptLogException if no slot can be trusted
     */
    static Content read(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = channel.size();
            if (size != 2 * SLOT_BYTES) {
                throw new CorruptLogException(
                        file, Math.min(size, 2 * SLOT_BYTES), "%d bytes, not %d".formatted(size, 2 * SLOT_BYTES));
            }
            FileWindow window = new FileWindow(channel, size);
            Slot even = findSlot(file, 0, window.at(0, SLOT_BYTES));
            Slot odd = findSlot(file, SLOT_BYTES, window.at(SLOT_BYTES, SLOT_BYTES));
            Slot whole = even == null ? odd : even;
            if (whole == null) {
                throw new CorruptLogException(file, 0, "both slots are damaged");
            }
            if (even == null || odd == null) {
                return new Content(
                        whole.sequence(),
                        whole.state(),
                        Optional.of("%s: the slot at byte %d was damaged and is written again from the other"
                                .formatted(file, even == null ? 0 : SLOT_BYTES)));
            }
            Slot newer = even.sequence() >= odd.sequence() ? even : odd;
            if (even.sequence() == odd.sequence() && !even.equals(odd)) {
                throw new CorruptLogException(file, SLOT_BYTES, "both slots are whole and contradict each other");
            }
            return new Content(
                    newer.sequence(),
                    newer.state(),
                    even.equals(odd)
                            ? Optional.empty()
                            : Optional.of(
                                    "%s: a change of term or vote was under way and is finished".formatted(file)));
        }
    }

    /** Opens a file that was {@link #read} and writes its state to both slots if they need it. */
    static VoteFile open(LogFolder folder, Content content) throws IOException {
        FileChannel channel = FileChannel.open(folder.vote(), StandardOpenOption.READ, StandardOpenOption.WRITE);
        VoteFile vote = new VoteFile(folder, channel, new Slot(content.sequence(), content.state()));
        if (content.repair().isPresent()) {
            // The survivor may be in either slot; rewriting it with the same bytes is harmless.
            vote.store(content.sequence(), content.state());
        }
        return vote;
    }

    static VoteFile create(LogFolder folder, VoteState state) throws IOException {
        Path temporary = folder.temporary("vote");
        FileChannel channel = folder.create(temporary);
        Slot slot = new Slot(1, state);
        folder.write(channel, encode(slot), 0);
        folder.write(channel, encode(slot), SLOT_BYTES);
        folder.force(channel);
        folder.publish(temporary, folder.vote());
        return new VoteFile(folder, channel, slot);
    }

    synchronized VoteState state() {
        return state;
    }

    synchronized long changes() {
        return changes;
    }

    /** Makes a change durable; one that changes nothing costs nothing. */
    synchronized void update(UnaryOperator<VoteState> change) throws IOException {
        VoteState next = change.apply(state);
        if (!next.equals(state)) {
            store(sequence + 1, next);
            sequence++;
            state = next;
            changes++;
        }
    }

    private void store(long number, VoteState next) throws IOException {
        ByteBuffer bytes = encode(new Slot(number, next));
        long begin = number % 2 * SLOT_BYTES;
        folder.write(channel, bytes, begin);
        folder.force(channel);
        folder.write(channel, bytes.rewind(), SLOT_BYTES - begin);
        folder.force(channel);
    }

    private static ByteBuffer encode(Slot slot) {
        VoteState state = slot.state();
        byte[] address = encode(state.vote());
        ByteBuffer bytes = ByteBuffer.allocate(SLOT_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(MAGIC)
                .putLong(slot.sequence())
                .putLong(state.term())
                .putLong(state.cutFrom())
                .putLong(state.restartAfter())
                .putInt(kind(state.vote()))
                .putInt(address.length)
                .put(address);
        bytes.putInt(CRC_OFFSET, crc(bytes));
        return bytes.rewind();
    }

    private static int kind(@Nullable Address address) {
        return address == null ? NO_ADDRESS : address instanceof ExtendedUUID ? EXTENDED_ADDRESS : UUID_ADDRESS;
    }

    private static byte[] encode(@Nullable Address address) {
        if (address == null) {
            return new byte[0];
        }
        if (address.getClass() != ExtendedUUID.class && address.getClass() != UUID.class) {
            throw new IllegalArgumentException("an address of " + address.getClass() + " cannot be voted for");
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            address.writeTo(new DataOutputStream(bytes));
        } catch (IOException e) {
            throw new IllegalArgumentException("the address " + address + " cannot be written", e);
        }
        if (bytes.size() > ADDRESS_BYTES) {
            throw new IllegalArgumentException(
                    "an address of %d bytes, at most %d can be voted for".formatted(bytes.size(), ADDRESS_BYTES));
        }
        return bytes.toByteArray();
    }

    private static @Nullable Slot findSlot(Path file, long offset, ByteBuffer window) {
        ByteBuffer bytes = window.slice().order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.getLong(0) != MAGIC || bytes.getInt(CRC_OFFSET) != crc(bytes)) {
            return null;
        }
        int length = bytes.getInt(44);
        if (length < 0 || length > ADDRESS_BYTES) {
            throw new CorruptLogException(file, offset + 44, "an address of %d bytes".formatted(length));
        }
        byte[] address = new byte[length];
        bytes.get(ADDRESS_OFFSET, address);
        try {
            return new Slot(
                    bytes.getLong(8),
                    new VoteState(
                            bytes.getLong(16),
                            decode(bytes.getInt(40), address),
                            bytes.getLong(24),
                            bytes.getLong(32)));
        } catch (IOException | ClassNotFoundException | IllegalArgumentException e) {
            throw new CorruptLogException(file, offset + 16, e.toString());
        }
    }

    private static @Nullable Address decode(int kind, byte[] bytes) throws IOException, ClassNotFoundException {
        if (kind == NO_ADDRESS) {
            return null;
        }
        // Every length inside is a single byte, so nothing large can be asked for.
        Address address =
                switch (kind) {
                    case UUID_ADDRESS -> new UUID();
                    case EXTENDED_ADDRESS -> new ExtendedUUID();
                    default -> throw new IllegalArgumentException("an address of kind " + kind);
                };
        address.readFrom(new DataInputStream(new ByteArrayInputStream(bytes)));
        return address;
    }

    private static int crc(ByteBuffer slot) {
        CRC32C crc = new CRC32C();
        crc.update(slot.duplicate().limit(CRC_OFFSET).position(0));
        return (int) crc.getValue();
    }

    @Override
    public synchronized void close() throws IOException {
        channel.close();
    }
}
