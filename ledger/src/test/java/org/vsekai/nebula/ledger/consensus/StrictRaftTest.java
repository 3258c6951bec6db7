package org.vsekai.nebula.ledger.consensus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.vsekai.nebula.ledger.consensus.LoneRaft.A;
import static org.vsekai.nebula.ledger.consensus.LoneRaft.B;
import static org.vsekai.nebula.ledger.consensus.LoneRaft.C;
import static org.vsekai.nebula.ledger.consensus.LoneRaft.D;
import static org.vsekai.nebula.ledger.consensus.LoneRaft.entry;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jgroups.protocols.raft.InternalCommand;
import org.jgroups.protocols.raft.LogEntry;
import org.jgroups.util.Util;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vsekai.nebula.ledger.consensus.RaftMessage.Append;
import org.vsekai.nebula.ledger.consensus.RaftMessage.AppendAnswer;
import org.vsekai.nebula.ledger.consensus.RaftMessage.SnapshotAnswer;
import org.vsekai.nebula.ledger.consensus.RaftMessage.SnapshotPart;
import org.vsekai.nebula.ledger.consensus.RaftMessage.VoteAnswer;
import org.vsekai.nebula.ledger.consensus.RaftMessage.VoteRequest;

/** The rules in the order of {@link StrictRaft}'s list. */
class StrictRaftTest {
    @TempDir
    Path folder;

    private LoneRaft lone;

    @BeforeEach
    void start() throws IOException {
        lone = new LoneRaft(folder.resolve("log"));
    }

    @AfterEach
    void stop() {
        lone.close();
    }

    private void append(long term, long previousIndex, long previousTerm, long commit, LogEntry... entries) {
        lone.hear(B, new Append(term, previousIndex, previousTerm, commit, List.of(entries)));
    }

    private AppendAnswer answer() {
        return lone.last(B, AppendAnswer.class);
    }

    // 1

    @Test
    void aTailThatTheLeaderDidNotNameIsNotAnsweredAsReplicated() {
        append(1, 0, 0, 0, entry(1, "x"), entry(1, "y"), entry(1, "z"));
        append(2, 0, 0, 0, entry(1, "x"));
        assertThat(answer()).isEqualTo(new AppendAnswer(2, true, 1, 0));
    }

    @Test
    void aRequestBelowTheCommitIndexIsAnsweredWithItsOwnEnd() {
        append(1, 0, 0, 2, entry(1, "x"), entry(1, "y"), entry(1, "z"));
        append(2, 0, 0, 0, entry(1, "x"));
        assertThat(answer()).isEqualTo(new AppendAnswer(2, true, 1, 0));
    }

    @Test
    void aConflictBehindTheFirstOverlappingEntryIsFoundAndTheTailReplaced() {
        append(1, 0, 0, 0, entry(1, "x"), entry(1, "y"), entry(1, "z"));
        append(3, 0, 0, 0, entry(1, "x"), entry(3, "new"));
        assertThat(lone.terms()).containsExactly(1L, 3L);
        assertThat(answer().index()).isEqualTo(2);
    }

    @Test
    void aRepeatedRequestRemovesNothing() {
        append(1, 0, 0, 0, entry(1, "x"), entry(1, "y"));
        append(1, 0, 0, 0, entry(1, "x"));
        assertThat(lone.terms()).containsExactly(1L, 1L);
    }

    @Test
    void aCommittedEntryIsNeverRemovedButStopsTheMember() {
        append(1, 0, 0, 2, entry(1, "x"), entry(1, "y"));
        append(2, 1, 1, 0, entry(2, "other"));
        assertThat(lone.terms()).containsExactly(1L, 1L);
        append(3, 3, 3, 0);
        assertThat(answer().accepted()).isFalse();
    }

    @Test
    void anEntryThatIsMissingOrOfAnotherTermIsRefusedWithAPlaceToLookAt() {
        append(1, 0, 0, 1, entry(1, "x"), entry(1, "y"), entry(1, "z"));
        append(3, 7, 2, 0);
        assertThat(answer()).isEqualTo(new AppendAnswer(3, false, 3, 7));
        append(3, 3, 2, 0);
        assertThat(answer()).isEqualTo(new AppendAnswer(3, false, 1, 3));
    }

    // 2

    @Test
    void nothingIsCommittedThatWasNotComparedWithThisTermsLeader() {
        append(1, 0, 0, 0, entry(1, "x"), entry(1, "y"), entry(1, "z"));
        append(2, 1, 1, 3);
        assertThat(lone.applied).containsExactly(1L);
        append(2, 2, 1, 3);
        assertThat(lone.applied).containsExactly(1L, 2L);
    }

    @Test
    void whatAnEarlierLeaderVerifiedIsComparedAgain() {
        append(1, 0, 0, 0, entry(1, "x"), entry(1, "y"));
        append(2, 0, 0, 2);
        assertThat(lone.applied).isEmpty();
    }

    // 3

    @Test
    void anEntryOfAnEarlierTermIsCommittedOnlyWithOneOfTheLeadersOwn() {
        append(2, 0, 0, 0, entry(2, "old"));
        lone.lead(4);
        assertThat(lone.terms()).as("a leader begins with an entry of its own").containsExactly(2L, 4L);
        lone.hear(B, new AppendAnswer(4, true, 1, 1));
        lone.hear(C, new AppendAnswer(4, true, 1, 1));
        assertThat(lone.applied).isEmpty();
        lone.hear(C, new AppendAnswer(4, true, 2, 1));
        assertThat(lone.applied).containsExactly(1L, 2L);
    }

    // 4

    @Test
    void aVoteOfAnEarlierRoundDoesNotCount() {
        Elections elections = new Elections(lone.raft, RaftTiming.DEFAULT, new java.util.Random(1));
        long soon = RaftTiming.DEFAULT.electionTimeout().toNanos() * 3;
        elections.tick(soon);
        elections.answered(B, new VoteAnswer(0, 1, true, true), soon);
        assertThat(lone.raft.currentTerm()).as("a trial was won").isEqualTo(1);
        elections.tick(2 * soon);
        elections.answered(B, new VoteAnswer(1, 2, true, true), 2 * soon);
        assertThat(lone.raft.currentTerm()).as("a second trial was won").isEqualTo(2);
        elections.answered(C, new VoteAnswer(1, 1, false, true), 2 * soon);
        elections.answered(C, new VoteAnswer(1, 2, true, true), 2 * soon);
        assertThat(lone.raft.leads()).isFalse();
        elections.answered(C, new VoteAnswer(2, 2, false, true), 2 * soon);
        assertThat(lone.raft.leads()).isTrue();
    }

    @Test
    void twoAnswersOfOneMemberAreOneVoteAndALearnerHasNone() {
        lone.view(A, B, C, D);
        lone.raft.setLeaderAndTerm(null);
        Elections elections = new Elections(lone.raft, RaftTiming.DEFAULT, new java.util.Random(1));
        long soon = RaftTiming.DEFAULT.electionTimeout().toNanos() * 3;
        elections.tick(soon);
        elections.answered(D, new VoteAnswer(0, 1, true, true), soon);
        assertThat(lone.raft.currentTerm()).isZero();
    }

    @Test
    void aVoteIsGivenOnceInATermAndOnlyForALogThatIsNotBehind() {
        append(1, 0, 0, 0, entry(1, "x"), entry(1, "y"));
        lone.view(A, C, D);
        lone.view(A, B, C); // the leader was away, so it is not waited for
        Elections elections = new Elections(lone.raft, RaftTiming.DEFAULT, new java.util.Random(1));
        elections.requested(C, new VoteRequest(2, false, 1, 1), 0);
        assertThat(lone.last(C, VoteAnswer.class).granted()).as("shorter log").isFalse();
        elections.requested(C, new VoteRequest(2, false, 2, 1), 0);
        assertThat(lone.last(C, VoteAnswer.class).granted()).isTrue();
        elections.requested(B, new VoteRequest(2, false, 9, 1), 0);
        assertThat(lone.last(B, VoteAnswer.class).granted()).as("second vote").isFalse();
        assertThat(lone.log.currentTerm()).isEqualTo(2);
        assertThat(lone.log.votedFor()).isEqualTo(C);
    }

    // 5

    @Test
    void whatIsProposedWhenANewerLeadersEntriesComeIsNotAppendedUnderTheOldTerm() {
        lone.lead(2);
        lone.proposals.add(new byte[] {1});
        lone.hear(B, new Append(3, 0, 0, 0, List.of(entry(3, "theirs"))));
        assertThat(lone.terms()).containsExactly(3L);
        assertThat(lone.proposals).hasSize(1);
        assertThat(lone.lost).hasSize(1);
    }

    // 6

    @Test
    void nobodyChangesTheTermWhileAMessageIsHandled() throws Exception {
        CountDownLatch applying = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        lone.onApply = () -> {
            applying.countDown();
            try {
                goOn.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        };
        CompletableFuture<Void> handled = CompletableFuture.runAsync(() -> append(1, 0, 0, 1, entry(1, "x")));
        applying.await();
        CompletableFuture<Long> term = CompletableFuture.supplyAsync(lone.raft::createNewTerm);
        assertThat(term).failsWithin(Duration.ofMillis(100));
        goOn.countDown();
        handled.get(10, TimeUnit.SECONDS);
        assertThat(term.get(10, TimeUnit.SECONDS)).isEqualTo(2);
        assertThat(answer())
                .as("answered in the term that it was handled in")
                .isEqualTo(new AppendAnswer(1, true, 1, 0));
    }

    // 7

    private static ByteBuffer snapshot(String state, String... voters) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeInt(voters.length);
        for (String voter : voters) {
            out.writeUTF(voter);
        }
        out.writeInt(state.length());
        out.writeBytes(state);
        return ByteBuffer.wrap(bytes.toByteArray());
    }

    @Test
    void aSnapshotReplacesLogAndStateAsOne() throws IOException {
        append(1, 0, 0, 0, entry(1, "x"), entry(1, "y"));
        ByteBuffer content = snapshot("state", "a", "b", "d");
        int total = content.remaining();
        lone.hear(B, new SnapshotPart(2, 9, 2, total, 0, content.slice(0, 5)));
        lone.hear(B, new SnapshotPart(2, 9, 2, total, 0, content.slice(0, 5)));
        assertThat(lone.last(B, SnapshotAnswer.class)).isEqualTo(new SnapshotAnswer(2, 9, 5));
        lone.hear(B, new SnapshotPart(2, 9, 2, total, 5, content.slice(5, total - 5)));
        assertThat(lone.last(B, SnapshotAnswer.class)).isEqualTo(new SnapshotAnswer(2, 9, total));
        assertThat(new String(lone.state)).isEqualTo("state");
        assertThat(lone.raft.commitIndex()).isEqualTo(9);
        assertThat(lone.log.lastAppended()).isEqualTo(9);
        assertThat(lone.raft.members()).containsExactlyInAnyOrder("a", "b", "d");
        append(2, 9, 2, 10, entry(2, "next"));
        assertThat(lone.applied).containsExactly(10L);
    }

    @Test
    void aSnapshotThatCoversNothingNewIsAnsweredAndNotInstalled() throws IOException {
        append(1, 0, 0, 3, entry(1, "x"), entry(1, "y"), entry(1, "z"));
        ByteBuffer content = snapshot("older", "a", "b", "c");
        lone.hear(B, new SnapshotPart(2, 2, 1, content.remaining(), 0, content));
        assertThat(lone.last(B, SnapshotAnswer.class).received()).isEqualTo(content.remaining());
        assertThat(lone.raft.commitIndex()).isEqualTo(3);
        assertThat(lone.state).isEmpty();
    }

    @Test
    void aSnapshotThatCannotBeReadStopsTheMemberAndLeavesItsLog() {
        append(1, 0, 0, 1, entry(1, "x"));
        lone.hear(B, new SnapshotPart(2, 9, 2, 4, 0, ByteBuffer.allocate(4)));
        assertThat(lone.halted).isInstanceOf(IOException.class);
        assertThat(lone.log.lastAppended()).isEqualTo(1);
        assertThat(lone.log.snapshotInfo()).isEmpty();
    }

    @Test
    void aSnapshotLargerThanAllowedIsNotCollected() {
        lone.hear(B, new SnapshotPart(2, 9, 2, 2 << 20, 0, ByteBuffer.allocate(4)));
        assertThat(lone.halted).hasMessageContaining("2097152");
    }

    // 8

    @Test
    void aRefusalIsFollowedUpAtOnceFromThePlaceThatItNames() {
        append(1, 0, 0, 0, entry(1, "1"), entry(1, "2"), entry(1, "3"), entry(1, "4"));
        lone.lead(2);
        lone.hear(B, new AppendAnswer(2, false, 2, 4));
        Append again = lone.last(B, Append.class);
        assertThat(again.previousIndex()).isEqualTo(2);
        assertThat(again.entries()).hasSize(3);
    }

    @Test
    void aFollowerThatLagsIsSentBoundedMessagesOneAfterTheOther() {
        lone.lead(1);
        lone.hear(C, new AppendAnswer(1, true, 1, 0));
        String large = "x".repeat(300_000);
        for (int i = 0; i < 8; i++) {
            lone.propose(large);
            lone.hear(C, new AppendAnswer(1, true, lone.log.lastAppended(), 0));
        }
        lone.said.clear();
        lone.hear(B, new AppendAnswer(1, true, 1, 0));
        List<Append> sent = lone.all(B, Append.class);
        assertThat(sent).hasSizeGreaterThan(2);
        assertThat(sent).allSatisfy(message -> assertThat(
                        message.entries().stream().mapToLong(LogEntry::length).sum())
                .isLessThanOrEqualTo(1 << 20));
        assertThat(sent.getLast().previousIndex() + sent.getLast().entries().size())
                .isEqualTo(lone.log.lastAppended());
    }

    @Test
    void oneSnapshotIsMadeForAllAndSentToEachOnceAtATime() throws IOException {
        lone.close();
        lone = new LoneRaft(folder.resolve("other"), 1 << 17, 200_000);
        lone.state = new byte[700_000];
        lone.lead(1);
        lone.hear(C, new AppendAnswer(1, true, 1, 0));
        for (int i = 0; i < 8; i++) {
            lone.propose("x".repeat(60_000));
            lone.hear(C, new AppendAnswer(1, true, lone.log.lastAppended(), 0));
        }
        int made = lone.snapshotsWritten;
        assertThat(made).isPositive();
        lone.view(A, C);
        lone.view(A, B, C, D);
        lone.said.clear();
        for (int i = 0; i < 3; i++) {
            lone.hear(B, new AppendAnswer(1, false, 0, lone.log.lastAppended()));
            lone.hear(D, new AppendAnswer(1, false, 0, lone.log.lastAppended()));
        }
        assertThat(lone.all(B, SnapshotPart.class)).hasSize(1);
        assertThat(lone.all(D, SnapshotPart.class)).hasSize(1);
        SnapshotPart first = lone.last(B, SnapshotPart.class);
        lone.hear(B, new SnapshotAnswer(1, first.index(), first.bytes().remaining()));
        SnapshotPart second = lone.last(B, SnapshotPart.class);
        assertThat(second.offset()).isEqualTo(first.bytes().remaining());
        lone.hear(B, new SnapshotAnswer(1, first.index(), first.totalBytes()));
        assertThat(lone.raft.progress().matches()).containsEntry("b", first.index());
        assertThat(lone.snapshotsWritten).isEqualTo(made);
    }

    /** The snapshot of 700,000 bytes goes out to B in two pieces, of which the first has been sent. */
    private SnapshotPart beginTransfer() throws IOException {
        lone.close();
        lone = new LoneRaft(folder.resolve("other"), 1 << 17, 200_000, LoneRaft.AT_EVERY_TURN, List.of("a", "b", "c"));
        lone.state = new byte[700_000];
        lone.lead(1);
        for (int i = 0; i < 8; i++) {
            lone.hear(C, new AppendAnswer(1, true, lone.log.lastAppended(), 0));
            lone.propose("x".repeat(60_000));
        }
        lone.hear(C, new AppendAnswer(1, true, lone.log.lastAppended(), 0));
        lone.hear(B, new AppendAnswer(1, false, 0, lone.log.lastAppended()));
        return lone.all(B, SnapshotPart.class).getFirst();
    }

    @Test
    void aPieceOfASnapshotThatWasLostIsSentAgainOnceItsReceiverSaysSo() throws IOException {
        SnapshotPart first = beginTransfer();
        assertThat(first.bytes().remaining()).isPositive();
        lone.said.clear();
        lone.raft.turn(List.of());
        assertThat(lone.all(B, SnapshotPart.class))
                .as("asks how much has come")
                .extracting(part -> part.bytes().remaining())
                .containsOnly(0);
        lone.hear(B, new SnapshotAnswer(1, first.index(), 0));
        assertThat(lone.all(B, SnapshotPart.class)).contains(first);
        lone.said.clear();
        lone.hear(B, new SnapshotAnswer(1, first.index(), first.bytes().remaining()));
        SnapshotPart second = lone.all(B, SnapshotPart.class).getFirst();
        assertThat(second.offset()).isEqualTo(first.bytes().remaining());
        assertThat(second.offset() + second.bytes().remaining()).isEqualTo(second.totalBytes());
    }

    @Test
    void duringATransferNothingElseIsSentAndNothingLargeToOneThatIsSilent() throws IOException {
        beginTransfer();
        lone.said.clear();
        for (int i = 0; i < 20; i++) {
            lone.raft.turn(List.of());
        }
        assertThat(lone.all(B, Append.class)).isEmpty();
        assertThat(lone.all(B, SnapshotPart.class))
                .hasSizeGreaterThan(1)
                .allSatisfy(part -> assertThat(part.bytes().remaining()).isZero());
    }

    @Test
    void aPartOfASnapshotIsForgottenWithItsLeader() throws IOException {
        ByteBuffer content = snapshot("state", "a", "b", "d");
        int total = content.remaining();
        lone.hear(B, new SnapshotPart(2, 9, 2, total, 0, content.slice(0, 5)));
        lone.hear(C, new Append(3, 0, 0, 0, List.of()));
        lone.hear(C, new SnapshotPart(3, 9, 2, total, 5, content.slice(5, 0)));
        assertThat(lone.last(C, SnapshotAnswer.class)).isEqualTo(new SnapshotAnswer(3, 9, 0));
    }

    @Test
    void anEmptyPartIsAnsweredWithHowMuchHasCome() throws IOException {
        ByteBuffer content = snapshot("state", "a", "b", "d");
        int total = content.remaining();
        lone.hear(B, new SnapshotPart(2, 9, 2, total, 0, content.slice(0, 5)));
        lone.hear(B, new SnapshotPart(2, 9, 2, total, 0, content.slice(0, 0)));
        assertThat(lone.last(B, SnapshotAnswer.class)).isEqualTo(new SnapshotAnswer(2, 9, 5));
        lone.hear(B, new SnapshotPart(2, 9, 2, total, 5, content.slice(5, total - 5)));
        lone.hear(B, new SnapshotPart(2, 9, 2, total, 5, content.slice(5, 0)));
        assertThat(lone.last(B, SnapshotAnswer.class)).isEqualTo(new SnapshotAnswer(2, 9, total));
    }

    @Test
    void followersLearnOfACommitWithoutFurtherTraffic() {
        lone.lead(1);
        lone.hear(B, new AppendAnswer(1, true, 1, 0));
        assertThat(lone.last(B, Append.class)).isEqualTo(new Append(1, 1, 1, 1, List.of()));
    }

    // 10

    @Test
    void aLogThatFailsStopsTheMemberWhichSaysWhy() {
        lone.lead(1);
        lone.hear(B, new AppendAnswer(1, true, 1, 0));
        lone.log.close();
        lone.propose("x");
        assertThat(lone.halted).isNotNull();
        assertThat(lone.raft.failure()).contains(lone.halted);
        assertThat(lone.raft.progress().role()).isEqualTo(MemberStatus.Role.HALTED);
        assertThat(lone.raft.leads()).isFalse();
        long heard = lone.said.size();
        lone.hear(B, new AppendAnswer(1, true, 1, 0));
        assertThat(lone.said).as("nothing is said any more").hasSize((int) heard);
    }

    @Test
    void aStateMachineThatFailsStopsTheMember() {
        lone.onApply = () -> {
            throw new IllegalArgumentException("cannot be applied");
        };
        append(1, 0, 0, 1, entry(1, "x"));
        assertThat(lone.halted).hasMessage("cannot be applied");
    }

    // 11: see ReplicationTest

    // 12

    private static LogEntry change(InternalCommand.Type type, String member) {
        try {
            byte[] bytes = Util.streamableToByteBuffer(new InternalCommand(type, member));
            return new LogEntry(1, bytes, 0, bytes.length, true);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aVoterIsOneFromTheEntryOnAndNoLongerWhenTheEntryIsRemoved() {
        append(1, 0, 0, 0, entry(1, "x"), change(InternalCommand.Type.addServer, "d"));
        assertThat(lone.raft.members()).containsExactlyInAnyOrder("a", "b", "c", "d");
        assertThat(lone.raft.majority()).isEqualTo(3);
        append(2, 1, 1, 0, entry(2, "other"));
        assertThat(lone.raft.members()).containsExactlyInAnyOrder("a", "b", "c");
    }

    @Test
    void votersOfAnUncommittedEntryAreKnownAfterARestart() throws IOException {
        append(1, 0, 0, 0, change(InternalCommand.Type.addServer, "d"));
        lone.close();
        lone = new LoneRaft(folder.resolve("log"));
        assertThat(lone.raft.members()).containsExactlyInAnyOrder("a", "b", "c", "d");
    }

    @Test
    void aChangeWaitsForAnEntryOfTheLeadersTermAndForTheLearnerAndIsAloneUnderWay() {
        lone.view(A, B, C, D);
        lone.lead(1);
        CompletableFuture<Void> first = lone.raft.change(InternalCommand.Type.addServer, "d", Long.MAX_VALUE);
        assertThat(lone.raft.change(InternalCommand.Type.removeServer, "c", Long.MAX_VALUE))
                .isCompletedExceptionally();
        assertThat(lone.log.lastAppended()).isEqualTo(1);
        lone.hear(B, new AppendAnswer(1, true, 1, 0));
        assertThat(lone.log.lastAppended()).as("the learner has nothing yet").isEqualTo(1);
        lone.hear(D, new AppendAnswer(1, true, 1, 0));
        assertThat(lone.log.lastAppended()).isEqualTo(2);
        assertThat(lone.raft.majority()).isEqualTo(3);
        lone.hear(B, new AppendAnswer(1, true, 2, 1));
        assertThat(first).isNotDone();
        lone.hear(D, new AppendAnswer(1, true, 2, 1));
        assertThat(first).isCompleted();
    }

    @Test
    void aLeaderThatIsRemovedStepsDownOnceThatIsCommitted() {
        lone.lead(1);
        lone.hear(B, new AppendAnswer(1, true, 1, 0));
        CompletableFuture<Void> removal = lone.raft.change(InternalCommand.Type.removeServer, "a", Long.MAX_VALUE);
        lone.hear(B, new AppendAnswer(1, true, 2, 1));
        assertThat(removal).as("both of the others must have it").isNotDone();
        assertThat(lone.raft.leads()).isTrue();
        lone.hear(C, new AppendAnswer(1, true, 2, 1));
        assertThat(removal).isCompleted();
        assertThat(lone.raft.leads()).isFalse();
    }

    @Test
    void whoVotesIsWhatWasConfiguredFirstWhateverIsConfiguredLater() throws IOException {
        append(1, 0, 0, 0, entry(1, "x"));
        lone.close();
        lone = new LoneRaft(folder.resolve("log"), List.of("a"));
        assertThat(lone.raft.members()).containsExactlyInAnyOrder("a", "b", "c");
        assertThat(lone.raft.majority()).isEqualTo(2);
    }

    @Test
    void aFolderWithoutAListOfVotersTakesTheConfiguredOnesAndKeepsThem() throws IOException {
        append(1, 0, 0, 0, entry(1, "x"));
        lone.close();
        Files.delete(folder.resolve("log").resolve("voters"));
        lone = new LoneRaft(folder.resolve("log"), List.of("a", "b"));
        assertThat(lone.raft.members()).containsExactlyInAnyOrder("a", "b");
        lone.close();
        lone = new LoneRaft(folder.resolve("log"), List.of("a", "b", "c", "d"));
        assertThat(lone.raft.members()).containsExactlyInAnyOrder("a", "b");
    }

    @Test
    void aListCanBeMendedUntilTheFirstTerm() throws IOException {
        lone.close();
        lone = new LoneRaft(folder.resolve("log"), List.of("a", "b", "d"));
        assertThat(lone.raft.members()).containsExactlyInAnyOrder("a", "b", "d");
        append(1, 0, 0, 0);
        lone.close();
        lone = new LoneRaft(folder.resolve("log"));
        assertThat(lone.raft.members()).containsExactlyInAnyOrder("a", "b", "d");
    }

    @Test
    void whoJoinsKnowsTheOthersAndLearnsFromTheLogThatItVotes() throws IOException {
        lone.close();
        lone = new LoneRaft(folder.resolve("joins"), List.of("b", "c"));
        assertThat(lone.raft.isVoter()).isFalse();
        append(1, 0, 0, 2, entry(1, "x"), change(InternalCommand.Type.addServer, "a"));
        assertThat(lone.raft.members()).containsExactlyInAnyOrder("a", "b", "c");
        lone.close();
        lone = new LoneRaft(folder.resolve("joins"), List.of("b", "c"));
        assertThat(lone.raft.isVoter()).isTrue();
        assertThat(lone.raft.members()).containsExactlyInAnyOrder("a", "b", "c");
    }

    // More

    @Test
    void whatALeaderSaidBeforeItLeftDoesNotMakeItLeadAgain() {
        append(1, 0, 0, 0, entry(1, "x"));
        lone.view(A, C);
        append(1, 1, 1, 0, entry(1, "y"));
        assertThat(lone.raft.leader()).isNull();
        assertThat(lone.terms()).hasSize(1);
    }

    @Test
    void aSnapshotThatCannotBeTakenIsToldToWhoAskedForIt() {
        append(1, 0, 0, 1, entry(1, "x"));
        lone.onSnapshot = () -> {
            throw new IllegalStateException("cannot be written");
        };
        assertThat(lone.raft.wishSnapshot())
                .isCompletedExceptionally()
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withCauseInstanceOf(NotProposedException.class);
        assertThat(lone.halted).hasMessage("cannot be written");
        assertThat(lone.raft.wishSnapshot()).isCompletedExceptionally();
    }

    @Test
    void whatWaitsWhenTheMemberStopsIsToldSo() {
        lone.lead(1);
        CompletableFuture<Void> change = lone.raft.change(InternalCommand.Type.addServer, "d", Long.MAX_VALUE);
        lone.raft.synchronous(false);
        CompletableFuture<Void> snapshot = lone.raft.wishSnapshot();
        CompletableFuture<Void> second = lone.raft.change(InternalCommand.Type.addServer, "e", Long.MAX_VALUE);
        assertThat(snapshot).isNotDone();
        lone.raft.stop();
        assertThat(snapshot).isCompletedExceptionally();
        assertThat(second).isCompletedExceptionally();
        assertThat(change).isCompletedExceptionally();
    }

    @Test
    void aLeaderOfAnEarlierTermIsTold() {
        append(5, 0, 0, 0);
        lone.hear(C, new Append(3, 0, 0, 0, List.of(entry(3, "old"))));
        assertThat(lone.last(C, AppendAnswer.class)).isEqualTo(new AppendAnswer(5, false, 0, 0));
        assertThat(lone.terms()).isEmpty();
    }

    @Test
    void aLeaderThatLosesTheMajorityFromItsViewStepsDown() {
        lone.lead(1);
        lone.view(A);
        assertThat(lone.raft.leads()).isFalse();
        assertThat(lone.lost).hasSize(1);
    }
}
