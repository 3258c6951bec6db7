package org.vsekai.nebula.ledger.consensus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.jgroups.protocols.raft.LogEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.vsekai.nebula.ledger.consensus.RaftCodec.MalformedMessageException;
import org.vsekai.nebula.ledger.consensus.RaftMessage.Append;
import org.vsekai.nebula.ledger.consensus.RaftMessage.AppendAnswer;
import org.vsekai.nebula.ledger.consensus.RaftMessage.Forward;
import org.vsekai.nebula.ledger.consensus.RaftMessage.ForwardAnswer;
import org.vsekai.nebula.ledger.consensus.RaftMessage.SnapshotAnswer;
import org.vsekai.nebula.ledger.consensus.RaftMessage.SnapshotPart;
import org.vsekai.nebula.ledger.consensus.RaftMessage.VoteAnswer;
import org.vsekai.nebula.ledger.consensus.RaftMessage.VoteRequest;

class RaftCodecTest {
    static Stream<RaftMessage> messages() {
        return Stream.of(
                new Append(3, 2, 1, 2, List.of(LoneRaft.entry(3, "abc"), new LogEntry(3, new byte[] {1}, 0, 1, true))),
                new Append(3, 2, 1, 2, List.of()),
                new AppendAnswer(3, true, 9, 8),
                new SnapshotPart(3, 9, 2, 100, 4, ByteBuffer.wrap(new byte[] {1, 2})),
                new SnapshotAnswer(3, 9, 6),
                new VoteRequest(4, true, 9, 2),
                new VoteAnswer(4, 4, false, true),
                new Forward(77, Forward.Kind.COMMAND, 500, ByteBuffer.wrap(new byte[] {5})),
                new ForwardAnswer(77, ForwardAnswer.Outcome.UNKNOWN, ByteBuffer.wrap(new byte[] {6, 7})));
    }

    @ParameterizedTest
    @MethodSource("messages")
    void whatIsWrittenIsReadAndWrittenAgainAsTheSame(RaftMessage message) {
        byte[] bytes = RaftCodec.encode(message);
        RaftMessage read = RaftCodec.decode(bytes, 0, bytes.length);
        assertThat(read).hasSameClassAs(message);
        assertThat(RaftCodec.encode(read)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @MethodSource("messages")
    void aMessageCutAnywhereOrWithOtherBytesIsRefusedOrAnotherMessageAndNothingElse(RaftMessage message) {
        byte[] bytes = RaftCodec.encode(message);
        for (int length = 0; length < bytes.length; length++) {
            decodesOrIsMalformed(bytes, length);
        }
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 2_000; i++) {
            byte[] changed = bytes.clone();
            changed[random.nextInt(changed.length)] = (byte) random.nextInt();
            changed[random.nextInt(changed.length)] = (byte) random.nextInt();
            try {
                decodesOrIsMalformed(changed, changed.length);
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed + ": " + Arrays.toString(changed), e);
            }
        }
    }

    @Test
    void aCountThatTheMessageHasNoRoomForIsRefusedBeforeAnythingIsAllocated() {
        byte[] bytes = RaftCodec.encode(new Append(3, 2, 1, 2, List.of()));
        ByteBuffer.wrap(bytes).putInt(bytes.length - 4, Integer.MAX_VALUE);
        assertThatThrownBy(() -> RaftCodec.decode(bytes, 0, bytes.length))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessageContaining("2147483647 entries");
    }

    private static void decodesOrIsMalformed(byte[] bytes, int length) {
        try {
            RaftCodec.decode(bytes, 0, length);
        } catch (MalformedMessageException e) {
            assertThat(e).hasMessageStartingWith("malformed message: ");
        }
    }
}
