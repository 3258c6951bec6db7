package org.vsekai.nebula.ledger.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.vsekai.nebula.ledger.Claim;
import org.vsekai.nebula.ledger.Counter;
import org.vsekai.nebula.ledger.Intent;
import org.vsekai.nebula.ledger.Lease;
import org.vsekai.nebula.ledger.LedgerLimits;
import org.vsekai.nebula.ledger.Result;
import org.vsekai.nebula.ledger.consensus.Stamp;

/** Random scripts; each failure names its seed. */
class LedgerMachineRandomTest {
    private static final LedgerLimits TIGHT =
            new LedgerLimits(4, 2, 3, 3, 3, Duration.ofSeconds(20), 1 << 20, 60, LedgerLimits.ATTEMPT.multipliedBy(2));

    private static final long SEED = Long.getLong("nebula.ledger.seed", System.nanoTime());

    @Test
    void theMachineAnswersAsThePlainModelDoes() throws Exception {
        for (long seed = SEED; seed < SEED + 40; seed++) {
            compareWithModel(seed, new HashMap<>());
        }
    }

    /** The same scripts in every run, so that what they meet is no matter of chance. */
    @Test
    void scriptsMeetEveryKindOfRefusal() throws Exception {
        Map<Class<?>, Integer> seen = new HashMap<>();
        for (long seed = 1; seed <= 80; seed++) {
            compareWithModel(seed, seen);
        }
        // A script that never met a refusal would prove little.
        assertThat(seen.keySet())
                .contains(
                        Result.CounterOverflow.class,
                        Result.CounterMismatch.class,
                        Result.LeaseHeld.class,
                        Result.LeaseLost.class,
                        Result.ClaimHeld.class,
                        Result.ClaimLost.class,
                        Result.IntentExists.class,
                        Result.IntentUnknown.class,
                        Result.IntentNotPending.class,
                        Result.IntentNotYours.class,
                        Result.IntentFinished.class,
                        Result.WriterAlive.class,
                        Result.LimitReached.class,
                        Result.WindowFull.class,
                        Result.RequestReused.class);
    }

    @Test
    void membersThatApplyTheSameLogHaveEqualSnapshotsHoweverItIsCutIntoEntries() throws Exception {
        for (long seed = SEED; seed < SEED + 10; seed++) {
            Random random = new Random(seed);
            RandomCommands commands = new RandomCommands(random);
            Script one = new Script();
            LedgerMachine other = new LedgerMachine(System::nanoTime);
            one.limits = TIGHT;
            for (int i = 1; i <= 500; i++) {
                one.millis += random.nextInt(800);
                RandomCommands.Sent sent = one.read(commands::next);
                byte[] command = CommandCodec.encode(new Envelope(sent.id(), one.millis, TIGHT, sent.command()));
                byte[] result = one.apply(command);
                // The other's entry has readers in between and a snapshot before it, which must leave no trace.
                Stamp stamp = new Stamp(one.millis, 1_700_000_000_000L + one.millis);
                assertThat(other.apply(i, stamp, command)).isEqualTo(result);
                other.endBatch(i, stamp);
                if (i % 100 == 0) {
                    Script restored = one.restored();
                    assertThat(new Script(other).snapshot()).as("seed %d", seed).isEqualTo(one.snapshot());
                    assertThat(restored.snapshot()).as("seed %d", seed).isEqualTo(one.snapshot());
                    one = restored;
                }
            }
        }
    }

    @Test
    void aSnapshotCutOrFlippedAnywhereIsRefusedAndChangesNothing() throws Exception {
        Random random = new Random(SEED);
        RandomCommands commands = new RandomCommands(random);
        Script script = new Script();
        for (int i = 0; i < 60; i++) {
            script.millis += 100;
            RandomCommands.Sent sent = script.read(commands::next);
            script.run(sent.id(), sent.command());
        }
        byte[] snapshot = script.snapshot();
        for (int length = 0; length < snapshot.length; length++) {
            refuses(script, Arrays.copyOf(snapshot, length));
        }
        for (int i = 0; i < snapshot.length; i++) {
            byte[] flipped = snapshot.clone();
            flipped[i] ^= (byte) (1 << random.nextInt(8));
            refuses(script, flipped);
        }
        assertThat(script.snapshot()).as("seed %d", SEED).isEqualTo(snapshot);
    }

    private static void refuses(Script script, byte[] snapshot) {
        assertThatThrownBy(() -> script.machine.readSnapshot(new DataInputStream(new ByteArrayInputStream(snapshot))))
                .as("seed %d", SEED)
                .isInstanceOfSatisfying(MalformedDataException.class, e -> assertThat(e.offset())
                        .isBetween(0L, (long) snapshot.length));
    }

    private static void compareWithModel(long seed, Map<Class<?>, Integer> seen) throws Exception {
        Random random = new Random(seed);
        RandomCommands commands = new RandomCommands(random);
        Script script = new Script();
        // A full window refuses everything new, so most scripts have room in it.
        LedgerLimits limits = seed % 4 == 0 ? TIGHT : TIGHT.withRequests(1_000);
        script.limits = limits;
        Model model = new Model();
        for (int i = 0; i < 400; i++) {
            script.millis += random.nextInt(random.nextInt(20) == 0 ? 8_000 : 900);
            RandomCommands.Sent sent = script.read(commands::next);
            Result result = script.run(sent.id(), sent.command());
            Instant wall = Instant.ofEpochMilli(1_700_000_000_000L + script.millis);
            assertThat(result)
                    .as("seed %d, step %d, %s", seed, i, sent)
                    .isEqualTo(model.run(sent.id(), sent.command(), limits, script.millis, wall));
            seen.merge(result.getClass(), 1, Integer::sum);
            if (random.nextInt(50) == 0) {
                script = script.restored();
            }
            compareState(seed, script, model);
        }
    }

    private static void compareState(long seed, Script script, Model model) {
        List<Counter> counters = model.counters.entrySet().stream()
                .map(entry -> new Counter(entry.getKey(), entry.getValue()))
                .toList();
        assertThat(script.list(view -> view.counters("", "", 100)))
                .as("seed %d", seed)
                .isEqualTo(counters);
        assertThat(script.list(view -> view.leases("", "", 100)))
                .as("seed %d", seed)
                .isEqualTo(List.<Lease>copyOf(model.leases.values()));
        assertThat(script.list(view -> view.claims("", "", 100)))
                .as("seed %d", seed)
                .isEqualTo(List.<Claim>copyOf(model.claims.values()));
        assertThat(script.list(view -> view.intents(Optional.<Intent.State>empty(), 0, 100)))
                .as("seed %d", seed)
                .isEqualTo(model.intents);
    }
}
