package org.vsekai.nebula.ledger.machine;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.vsekai.nebula.fuzz.Bounded;
import org.vsekai.nebula.ledger.consensus.Stamp;

/** A snapshot is refused as malformed, or is written again byte for byte and can be gone on from. */
class LedgerSnapshotFuzz {
    @FuzzTest(maxDuration = "15s")
    void read(byte[] input) throws Exception {
        Bounded.run(input.length, () -> {
            readOrRefuse(input);
            readOrRefuse(withChecksum(input));
        });
    }

    private static void readOrRefuse(byte[] snapshot) throws Exception {
        LedgerMachine machine = new LedgerMachine(System::nanoTime);
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(snapshot));
        try {
            machine.readSnapshot(in);
        } catch (MalformedDataException e) {
            assertThat(e.offset()).isBetween(0L, (long) snapshot.length);
            return;
        }
        ByteArrayOutputStream again = new ByteArrayOutputStream();
        machine.writeSnapshot(new DataOutputStream(again));
        assertThat(again.toByteArray()).isEqualTo(Arrays.copyOf(snapshot, snapshot.length - in.available()));
        machine.endBatch(1, new Stamp(machine.ledgerMillis(), 0));
    }

    private static byte[] withChecksum(byte[] body) {
        CRC32C crc = new CRC32C();
        crc.update(body);
        return ByteBuffer.allocate(body.length + Integer.BYTES)
                .put(body)
                .putInt((int) crc.getValue())
                .array();
    }
}
