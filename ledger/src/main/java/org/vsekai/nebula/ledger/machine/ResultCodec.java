package org.vsekai.nebula.ledger.machine;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.vsekai.nebula.ledger.Claim;
import org.vsekai.nebula.ledger.Command;
import org.vsekai.nebula.ledger.Intent;
import org.vsekai.nebula.ledger.Lease;
import org.vsekai.nebula.ledger.Result;

/** Results, as members send them to one another and as they are remembered: version (1), code (1), fields. */
public final class ResultCodec {
    /** No result is longer. */
    static final int LONGEST = 1 << 10;

    static final int COUNTER_VALUE = 1;
    static final int VERSION = 1;

    private static final int PROBLEM_BYTES = 512;

    private ResultCodec() {}

    public static byte[] encode(Result result) {
        Encoder out = new Encoder().int8(VERSION);
        switch (result) {
            case Result.CounterValue counter -> out.int8(COUNTER_VALUE).int64(counter.value());
            case Result.LeaseGranted granted -> write(granted.lease(), out.int8(2));
            case Result.Claimed claimed -> write(claimed.claim(), out.int8(3));
            case Result.Released _ -> out.int8(4);
            case Result.IntentBegun begun -> out.int8(5).uuid(begun.id()).count(begun.token());
            case Result.IntentFinished finished ->
                out.int8(6).uuid(finished.id()).int8(code(finished.state()));
            case Result.CounterMismatch mismatch -> out.int8(32).int64(mismatch.actual());
            case Result.CounterOverflow overflow -> out.int8(33).int64(overflow.actual());
            case Result.LeaseHeld held ->
                out.int8(34)
                        .text(held.lease())
                        .text(held.holder())
                        .count(held.remaining().toMillis());
            case Result.LeaseLost lost -> out.int8(35).text(lost.lease());
            case Result.ClaimHeld held ->
                out.int8(36).text(held.resource()).text(held.lease()).count(held.token());
            case Result.ClaimLost lost -> out.int8(37).text(lost.resource());
            case Result.IntentExists exists -> out.int8(38).uuid(exists.id());
            case Result.IntentUnknown unknown -> out.int8(39).uuid(unknown.id());
            case Result.IntentNotPending finished ->
                out.int8(40).uuid(finished.id()).int8(code(finished.state()));
            case Result.IntentNotYours foreign -> out.int8(41).uuid(foreign.id());
            case Result.WriterAlive alive -> out.int8(42).uuid(alive.id()).text(alive.lease());
            case Result.ClaimTooOld old -> out.int8(43).uuid(old.id()).count(old.intentToken());
            case Result.LimitReached reached ->
                out.int8(44).int8(code(reached.what())).count(reached.limit());
            case Result.WindowFull full -> out.int8(45).count(full.limit());
            case Result.RequestReused _ -> out.int8(46);
            case Result.RequestExpired _ -> out.int8(47);
            case Result.Malformed malformed -> out.int8(48).text(shortened(malformed.problem()));
        }
        return out.toBytes();
    }

    /** @throws MalformedDataException for bytes that {@link #encode} does not write */
    public static Result decode(byte[] bytes) throws MalformedDataException {
        Decoder in = new Decoder(bytes);
        try {
            in.expect(in.int8() == VERSION, "result of a version other than " + VERSION);
            Result result = read(in);
            in.expect(in.offset() == bytes.length, "%d bytes too many".formatted(bytes.length - in.offset()));
            return result;
        } catch (MalformedDataException e) {
            throw e;
        } catch (IOException e) {
            throw new AssertionError("memory cannot fail to be read", e);
        }
    }

    private static Result read(Decoder in) throws IOException {
        int code = in.int8();
        return switch (code) {
            case COUNTER_VALUE -> new Result.CounterValue(in.int64());
            case 2 -> new Result.LeaseGranted(readLease(in));
            case 3 -> new Result.Claimed(readClaim(in));
            case 4 -> new Result.Released();
            case 5 -> new Result.IntentBegun(in.uuid(), in.token());
            case 6 -> new Result.IntentFinished(in.uuid(), readState(in));
            case 32 -> new Result.CounterMismatch(in.int64());
            case 33 -> new Result.CounterOverflow(in.int64());
            case 34 -> new Result.LeaseHeld(name(in), name(in), Duration.ofMillis(in.count(Long.MAX_VALUE)));
            case 35 -> new Result.LeaseLost(name(in));
            case 36 -> new Result.ClaimHeld(name(in), name(in), in.token());
            case 37 -> new Result.ClaimLost(name(in));
            case 38 -> new Result.IntentExists(in.uuid());
            case 39 -> new Result.IntentUnknown(in.uuid());
            case 40 -> new Result.IntentNotPending(in.uuid(), readState(in));
            case 41 -> new Result.IntentNotYours(in.uuid());
            case 42 -> {
                UUID id = in.uuid();
                yield new Result.WriterAlive(id, name(in));
            }
            case 43 -> new Result.ClaimTooOld(in.uuid(), in.token());
            case 44 -> new Result.LimitReached(readLimit(in), in.count(Long.MAX_VALUE));
            case 45 -> new Result.WindowFull(in.count(Long.MAX_VALUE));
            case 46 -> new Result.RequestReused();
            case 47 -> new Result.RequestExpired();
            case 48 -> new Result.Malformed(in.text(PROBLEM_BYTES));
            default -> throw in.malformed("no result has code " + code);
        };
    }

    static void write(Lease lease, Encoder out) {
        out.text(lease.name())
                .text(lease.holder())
                .count(lease.token())
                .count(lease.ttl().toMillis())
                .count(lease.expiresAtMillis())
                .int64(lease.acquiredAt().toEpochMilli());
    }

    static Lease readLease(Decoder in) throws IOException {
        String lease = name(in);
        String holder = name(in);
        long token = in.token();
        Duration ttl = Duration.ofMillis(in.count(Command.AcquireLease.LONGEST_TTL.toMillis()));
        long expiresAtMillis = in.count(Long.MAX_VALUE);
        Instant acquiredAt = Instant.ofEpochMilli(in.int64());
        return in.make(() -> new Lease(lease, holder, token, ttl, expiresAtMillis, acquiredAt));
    }

    static void write(Claim claim, Encoder out) {
        out.text(claim.resource()).text(claim.lease()).count(claim.leaseToken()).count(claim.token());
    }

    static Claim readClaim(Decoder in) throws IOException {
        String resource = name(in);
        String lease = name(in);
        long leaseToken = in.token();
        long token = in.token();
        return in.make(() -> new Claim(resource, lease, leaseToken, token));
    }

    static int code(Intent.State state) {
        return switch (state) {
            case PENDING -> 1;
            case COMMITTED -> 2;
            case ABORTED -> 3;
        };
    }

    static Intent.State readState(Decoder in) throws IOException {
        int code = in.int8();
        return switch (code) {
            case 1 -> Intent.State.PENDING;
            case 2 -> Intent.State.COMMITTED;
            case 3 -> Intent.State.ABORTED;
            default -> throw in.malformed("no state has code " + code);
        };
    }

    private static int code(Result.Limit limit) {
        return switch (limit) {
            case COUNTERS -> 1;
            case LEASES -> 2;
            case CLAIMS -> 3;
            case PENDING_INTENTS -> 4;
            case INTENT_BYTES -> 5;
        };
    }

    private static Result.Limit readLimit(Decoder in) throws IOException {
        int code = in.int8();
        return switch (code) {
            case 1 -> Result.Limit.COUNTERS;
            case 2 -> Result.Limit.LEASES;
            case 3 -> Result.Limit.CLAIMS;
            case 4 -> Result.Limit.PENDING_INTENTS;
            case 5 -> Result.Limit.INTENT_BYTES;
            default -> throw in.malformed("no limit has code " + code);
        };
    }

    private static String name(Decoder in) throws IOException {
        return in.text(CommandCodec.NAME_BYTES);
    }

    /** Problems may quote what was sent; they are cut where any UTF-8 of theirs still fits. */
    private static String shortened(String problem) {
        int characters = PROBLEM_BYTES / 3;
        return problem.length() <= characters
                ? problem
                : problem.substring(
                        0, characters - (Character.isHighSurrogate(problem.charAt(characters - 1)) ? 1 : 0));
    }
}
