package org.vsekai.nebula.ledger.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.vsekai.nebula.ledger.Claim;
import org.vsekai.nebula.ledger.Command;
import org.vsekai.nebula.ledger.Intent;
import org.vsekai.nebula.ledger.Lease;
import org.vsekai.nebula.ledger.LedgerLimits;
import org.vsekai.nebula.ledger.RequestId;
import org.vsekai.nebula.ledger.Result;

class CodecTest {
    private static final UUID ID = UUID.fromString("0b1f7a52-5c1e-4b5b-9d0e-6a3f1c2d4e5f");
    private static final String LONGEST_NAME = "é".repeat(128);

    static Stream<Command> commands() {
        return Stream.of(
                new Command.AddToCounter("visits", Long.MIN_VALUE),
                new Command.CompareAndSetCounter("générations/日本/😀", -1, Long.MAX_VALUE),
                new Command.AcquireLease("node/a", LONGEST_NAME, Duration.ofSeconds(30)),
                new Command.RenewLease("node/a", 1),
                new Command.ReleaseLease("node/a", Long.MAX_VALUE),
                new Command.ClaimResource("zone/1", "node/a", 300),
                new Command.ReleaseClaim("zone/1", 301),
                new Command.BeginIntent(ID, "publish", "updater", "node/a", 300, List.of("pin/1", "mode/stable")),
                new Command.CommitIntent(ID, 302),
                new Command.AbortIntent(ID, 302, "writer is gone"));
    }

    static Stream<Result> results() {
        Lease lease = new Lease(
                LONGEST_NAME, LONGEST_NAME, Long.MAX_VALUE, Duration.ofSeconds(9), Long.MAX_VALUE, Instant.EPOCH);
        return Stream.of(
                new Result.CounterValue(-3),
                new Result.LeaseGranted(lease),
                new Result.Claimed(new Claim(LONGEST_NAME, LONGEST_NAME, Long.MAX_VALUE, Long.MAX_VALUE)),
                new Result.Released(),
                new Result.IntentBegun(ID, 7),
                new Result.IntentFinished(ID, Intent.State.COMMITTED),
                new Result.CounterMismatch(4),
                new Result.CounterOverflow(Long.MAX_VALUE),
                new Result.LeaseHeld("node/a", "a", Duration.ofMillis(12)),
                new Result.LeaseLost("node/a"),
                new Result.ClaimHeld("zone/1", "node/a", 8),
                new Result.ClaimLost("zone/1"),
                new Result.IntentExists(ID),
                new Result.IntentUnknown(ID),
                new Result.IntentNotPending(ID, Intent.State.ABORTED),
                new Result.IntentNotYours(ID),
                new Result.WriterAlive(ID, "node/a"),
                new Result.ClaimTooOld(ID, 9),
                new Result.LimitReached(Result.Limit.INTENT_BYTES, 1 << 20),
                new Result.WindowFull(500_000),
                new Result.RequestReused(),
                new Result.RequestExpired(),
                new Result.Malformed("byte 0: no"));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void aCommandIsReadAsItWasWritten(Command command) throws Exception {
        assertThat(CommandCodec.decode(bytes(command))).isEqualTo(envelope(command));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void aCommandCutAnywhereOrFollowedByAnythingIsRefused(Command command) {
        byte[] bytes = bytes(command);
        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> CommandCodec.decode(cut)).isInstanceOf(MalformedDataException.class);
        }
        assertThatThrownBy(() -> CommandCodec.decode(Arrays.copyOf(bytes, bytes.length + 1)))
                .isInstanceOf(MalformedDataException.class);
    }

    @ParameterizedTest
    @MethodSource("commands")
    void aCommandWithAnyByteFlippedIsRefusedOrIsAnotherCommandOfItsOwnForm(Command command) throws Exception {
        byte[] bytes = bytes(command);
        for (int i = 0; i < bytes.length * 8; i++) {
            byte[] flipped = bytes.clone();
            flipped[i / 8] ^= (byte) (1 << i % 8);
            try {
                Envelope read = CommandCodec.decode(flipped);
                assertThat(CommandCodec.encode(read)).isEqualTo(flipped);
            } catch (MalformedDataException e) {
                assertThat(e.offset()).isBetween(0L, (long) bytes.length);
            }
        }
    }

    @Test
    void aLengthIsRefusedBeforeMemoryIsTakenForIt() {
        byte[] bytes = bytes(new Command.AddToCounter("visits", 1));
        int length = bytes.length - Long.BYTES - "visits".length() - 1;
        byte[] claims = Arrays.copyOf(bytes, length + 5);
        for (int i = 0; i < 4; i++) {
            claims[length + i] = (byte) 0xff;
        }
        claims[length + 4] = 0x07;
        assertThatThrownBy(() -> CommandCodec.decode(claims))
                .isInstanceOf(MalformedDataException.class)
                .hasMessageContaining("at most 256");
    }

    @ParameterizedTest
    @MethodSource("results")
    void aResultIsReadAsItWasWrittenAndNeverTooLongToBeRemembered(Result result) throws Exception {
        byte[] bytes = ResultCodec.encode(result);
        assertThat(ResultCodec.decode(bytes)).isEqualTo(result);
        assertThat(bytes).hasSizeLessThanOrEqualTo(ResultCodec.LONGEST);
        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> ResultCodec.decode(cut)).isInstanceOf(MalformedDataException.class);
        }
    }

    @Test
    void aProblemOfAnyLengthFits() throws Exception {
        for (String unit : List.of("x", "é", "日", "😀", "x😀")) {
            Result read = ResultCodec.decode(ResultCodec.encode(new Result.Malformed(unit.repeat(400))));
            assertThat(read).isInstanceOfSatisfying(Result.Malformed.class, malformed -> assertThat(unit.repeat(400))
                    .startsWith(malformed.problem()));
        }
    }

    @Test
    void everyKindOfCommandAndResultIsCovered() {
        assertThat(commands().map(Object::getClass).distinct()).hasSize(Command.class.getPermittedSubclasses().length);
        assertThat(results().map(Object::getClass).distinct())
                .hasSize(Result.class.getPermittedSubclasses().length
                        - 1
                        + Result.Refusal.class.getPermittedSubclasses().length);
    }

    @Test
    void fieldsThatBreakTheirRulesAreRefused() {
        for (String name : List.of("", "a\nb", "a\u007f", "x".repeat(257), "é".repeat(129), "\ud800", "\udc00x")) {
            assertThatThrownBy(() -> new Command.AddToCounter(name, 1)).as(name).hasMessageStartingWith("counter: ");
        }
        for (long millis : List.of(-1L, 0L, 999L, 600_001L)) {
            assertThatThrownBy(() -> new Command.AcquireLease("a", "a", Duration.ofMillis(millis)))
                    .hasMessageStartingWith("ttl: ");
        }
        assertThatThrownBy(() -> new Command.RenewLease("a", 0)).hasMessageStartingWith("token: ");
        assertThatThrownBy(() -> new Command.BeginIntent(ID, "k", "w", "l", 1, Collections.nCopies(1025, "x")))
                .hasMessageStartingWith("covers: ");
        assertThatThrownBy(() -> new Command.BeginIntent(ID, "k", "w", "l", 1, List.of("x".repeat(513))))
                .hasMessageStartingWith("covers: ");
        assertThatThrownBy(() -> RequestId.parse("1-1-1-1-1")).hasMessageStartingWith("requestId: ");
        assertThatCode(() -> RequestId.parse(ID.toString())).doesNotThrowAnyException();
    }

    private static Envelope envelope(Command command) {
        return new Envelope(new RequestId(ID), 123_456, LedgerLimits.DEFAULT, command);
    }

    private static byte[] bytes(Command command) {
        return CommandCodec.encode(envelope(command));
    }
}
