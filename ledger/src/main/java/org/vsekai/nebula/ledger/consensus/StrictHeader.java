package org.vsekai.nebula.ledger.consensus;

import java.io.DataInput;
import java.io.DataOutput;
import java.util.function.Supplier;
import org.jgroups.Header;

/** Marks a message as {@link StrictRaft}'s; all that it says is in its payload, which {@link RaftCodec} reads. */
public final class StrictHeader extends Header {
    static final short MAGIC = 9_101;

    /** For JGroups, which makes one for each message received. */
    public StrictHeader() {}

    @Override
    public short getMagicId() {
        return MAGIC;
    }

    @Override
    public Supplier<? extends Header> create() {
        return StrictHeader::new;
    }

    @Override
    public int serializedSize() {
        return 0;
    }

    @Override
    public void writeTo(DataOutput out) {
        // Its presence is all that it says.
    }

    @Override
    public void readFrom(DataInput in) {
        // Its presence is all that it says.
    }
}
