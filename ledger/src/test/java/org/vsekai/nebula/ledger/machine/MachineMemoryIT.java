package org.vsekai.nebula.ledger.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vsekai.nebula.ledger.Command;
import org.vsekai.nebula.ledger.LedgerLimits;
import org.vsekai.nebula.ledger.RequestId;
import org.vsekai.nebula.ledger.Result;
import org.vsekai.nebula.ledger.consensus.Stamp;

/** A window that is full all the time, over a million commands, in a heap of 64 MiB. */
class MachineMemoryIT {
    private static final int COMMANDS = 1_000_000;

    @Test
    void aMillionCommandsWithAFullWindowFitIntoASmallHeap(@TempDir Path folder) throws Exception {
        Path log = folder.resolve("log");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        MachineMemoryIT.class.getName())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
            assertThat(process.exitValue()).as("%s", log.toUri()).isZero();
        } finally {
            process.destroyForcibly();
        }
    }

    /** 450 microseconds apart, so that three minutes hold 400,000; the default takes 500,000. */
    public static void main(String[] arguments) throws Exception {
        LedgerMachine machine = new LedgerMachine(System::nanoTime);
        for (int i = 1; i <= COMMANDS; i++) {
            long millis = i * 9L / 20;
            Stamp stamp = new Stamp(millis, millis);
            RequestId id = new RequestId(new UUID(i * 0x9e37_79b9_7f4a_7c15L, i));
            byte[] result = machine.apply(
                    i,
                    stamp,
                    CommandCodec.encode(new Envelope(
                            id, millis, LedgerLimits.DEFAULT, new Command.AddToCounter("counter/" + i % 1000, 1))));
            machine.endBatch(i, stamp);
            if (!(ResultCodec.decode(result) instanceof Result.CounterValue)) {
                throw new AssertionError("command " + i + ": " + new String(result, StandardCharsets.ISO_8859_1));
            }
        }
    }
}
