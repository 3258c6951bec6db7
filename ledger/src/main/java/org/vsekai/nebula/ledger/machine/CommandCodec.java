package org.vsekai.nebula.ledger.machine;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.vsekai.nebula.ledger.Command;
import org.vsekai.nebula.ledger.LedgerLimits;
import org.vsekai.nebula.ledger.RequestId;

/**
 * Commands as they stand in the log.
 *
 * <pre>
 * 1     version, 1
 * 16    request id
 * n     ledger time when sent
 * n     nine limits, in the order of {@link LedgerLimits}
 * 1     code of the command
 * ...   its fields, in the order of its record
 * </pre>
 *
 * Numbers that cannot be negative are counts (LEB128), others 8 bytes; see {@link Encoder}.
 */
public final class CommandCodec {
    static final int NAME_BYTES = 256;
    static final int TEXT_BYTES = 512;
    static final int COVERS = 1024;

    private static final int VERSION = 1;

    private CommandCodec() {}

    public static byte[] encode(Envelope envelope) {
        LedgerLimits limits = envelope.limits();
        Encoder out = new Encoder()
                .int8(VERSION)
                .uuid(envelope.request().value())
                .count(envelope.seenMillis())
                .count(limits.counters())
                .count(limits.leases())
                .count(limits.claims())
                .count(limits.pendingIntents())
                .count(limits.finishedIntents())
                .count(limits.finishedIntentAge().toMillis())
                .count(limits.intentBytes())
                .count(limits.requests())
                .count(limits.requestWindow().toMillis());
        write(envelope.command(), out);
        return out.toBytes();
    }

    /** @throws MalformedDataException for bytes that {@link #encode} does not write */
    public static Envelope decode(byte[] bytes) throws MalformedDataException {
        Decoder in = new Decoder(bytes);
        try {
            in.expect(in.int8() == VERSION, "command of a version other than " + VERSION);
            Envelope envelope = readEnvelope(in);
            in.expect(in.offset() == bytes.length, "%d bytes too many".formatted(bytes.length - in.offset()));
            return envelope;
        } catch (MalformedDataException e) {
            throw e;
        } catch (IOException e) {
            throw new AssertionError("memory cannot fail to be read", e);
        }
    }

    /**
     * Tells commands apart: FNV-1a over the command's own bytes, then mixed. It guards against mistakes, not against someone
     * who wants his own two commands to collide.
     */
    static long hash(Command command) {
        Encoder out = new Encoder();
        write(command, out);
        long hash = 0xcbf2_9ce4_8422_2325L;
        for (byte b : out.toBytes()) {
            hash = (hash ^ b & 0xff) * 0x100_0000_01b3L;
        }
        return RequestWindow.mix(hash);
    }

    private static void write(Command command, Encoder out) {
        switch (command) {
            case Command.AddToCounter add -> out.int8(1).text(add.counter()).int64(add.delta());
            case Command.CompareAndSetCounter set ->
                out.int8(2).text(set.counter()).int64(set.expected()).int64(set.value());
            case Command.AcquireLease acquire ->
                out.int8(3)
                        .text(acquire.lease())
                        .text(acquire.holder())
                        .count(acquire.ttl().toMillis());
            case Command.RenewLease renew -> out.int8(4).text(renew.lease()).count(renew.token());
            case Command.ReleaseLease release ->
                out.int8(5).text(release.lease()).count(release.token());
            case Command.ClaimResource claim ->
                out.int8(6).text(claim.resource()).text(claim.lease()).count(claim.leaseToken());
            case Command.ReleaseClaim release ->
                out.int8(7).text(release.resource()).count(release.token());
            case Command.BeginIntent begin -> {
                out.int8(8)
                        .uuid(begin.id())
                        .text(begin.kind())
                        .text(begin.writer())
                        .text(begin.lease())
                        .count(begin.leaseToken());
                writeCovers(begin.covers(), out);
            }
            case Command.CommitIntent commit -> out.int8(9).uuid(commit.id()).count(commit.token());
            case Command.AbortIntent abort ->
                out.int8(10).uuid(abort.id()).count(abort.token()).text(abort.reason());
        }
    }

    private static Envelope readEnvelope(Decoder in) throws IOException {
        RequestId request = new RequestId(in.uuid());
        long seenMillis = in.count(Long.MAX_VALUE);
        int counters = (int) in.count(Integer.MAX_VALUE);
        int leases = (int) in.count(Integer.MAX_VALUE);
        int claims = (int) in.count(Integer.MAX_VALUE);
        int pendingIntents = (int) in.count(Integer.MAX_VALUE);
        int finishedIntents = (int) in.count(Integer.MAX_VALUE);
        Duration finishedIntentAge = Duration.ofMillis(in.count(Long.MAX_VALUE));
        long intentBytes = in.count(Long.MAX_VALUE);
        int requests = (int) in.count(Integer.MAX_VALUE);
        Duration requestWindow = Duration.ofMillis(in.count(Long.MAX_VALUE));
        LedgerLimits limits = in.make(() -> new LedgerLimits(
                counters,
                leases,
                claims,
                pendingIntents,
                finishedIntents,
                finishedIntentAge,
                intentBytes,
                requests,
                requestWindow));
        return new Envelope(request, seenMillis, limits, readCommand(in));
    }

    private static Command readCommand(Decoder in) throws IOException {
        int code = in.int8();
        return switch (code) {
            case 1 -> {
                String counter = in.text(NAME_BYTES);
                long delta = in.int64();
                yield in.make(() -> new Command.AddToCounter(counter, delta));
            }
            case 2 -> {
                String counter = in.text(NAME_BYTES);
                long expected = in.int64();
                long value = in.int64();
                yield in.make(() -> new Command.CompareAndSetCounter(counter, expected, value));
            }
            case 3 -> {
                String lease = in.text(NAME_BYTES);
                String holder = in.text(NAME_BYTES);
                Duration ttl = Duration.ofMillis(in.count(Long.MAX_VALUE));
                yield in.make(() -> new Command.AcquireLease(lease, holder, ttl));
            }
            case 4 -> {
                String lease = in.text(NAME_BYTES);
                long token = in.token();
                yield in.make(() -> new Command.RenewLease(lease, token));
            }
            case 5 -> {
                String lease = in.text(NAME_BYTES);
                long token = in.token();
                yield in.make(() -> new Command.ReleaseLease(lease, token));
            }
            case 6 -> {
                String resource = in.text(NAME_BYTES);
                String lease = in.text(NAME_BYTES);
                long leaseToken = in.token();
                yield in.make(() -> new Command.ClaimResource(resource, lease, leaseToken));
            }
            case 7 -> {
                String resource = in.text(NAME_BYTES);
                long token = in.token();
                yield in.make(() -> new Command.ReleaseClaim(resource, token));
            }
            case 8 -> {
                UUID id = in.uuid();
                String kind = in.text(NAME_BYTES);
                String writer = in.text(NAME_BYTES);
                String lease = in.text(NAME_BYTES);
                long leaseToken = in.token();
                List<String> covers = readCovers(in);
                yield in.make(() -> new Command.BeginIntent(id, kind, writer, lease, leaseToken, covers));
            }
            case 9 -> {
                UUID id = in.uuid();
                long token = in.token();
                yield in.make(() -> new Command.CommitIntent(id, token));
            }
            case 10 -> {
                UUID id = in.uuid();
                long token = in.token();
                String reason = in.text(TEXT_BYTES);
                yield in.make(() -> new Command.AbortIntent(id, token, reason));
            }
            default -> throw in.malformed("no command has code " + code);
        };
    }

    static void writeCovers(List<String> covers, Encoder out) {
        out.count(covers.size());
        covers.forEach(out::text);
    }

    static List<String> readCovers(Decoder in) throws IOException {
        int count = (int) in.count(COVERS);
        List<String> covers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            covers.add(in.text(TEXT_BYTES));
        }
        return covers;
    }
}
