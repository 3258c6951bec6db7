package org.vsekai.nebula.ledger.machine;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.vsekai.nebula.fuzz.Bounded;
import org.vsekai.nebula.ledger.Result;
import org.vsekai.nebula.ledger.consensus.Stamp;

/** Any bytes in the log get an answer; those that are a command are one in a single form. */
class CommandCodecFuzz {
    @FuzzTest(maxDuration = "15s")
    void decode(byte[] input) throws Exception {
        Bounded.run(input.length, () -> {
            byte[] answer = new LedgerMachine(System::nanoTime).apply(1, new Stamp(1_000, 0), input);
            Envelope envelope;
            try {
                envelope = CommandCodec.decode(input);
            } catch (MalformedDataException e) {
                assertThat(e.offset()).isBetween(0L, (long) input.length);
                assertThat(ResultCodec.decode(answer)).isInstanceOf(Result.Malformed.class);
                return;
            }
            assertThat(CommandCodec.encode(envelope)).isEqualTo(input);
            assertThat(ResultCodec.encode(ResultCodec.decode(answer))).isEqualTo(answer);
        });
    }
}
