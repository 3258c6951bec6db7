package org.vsekai.nebula.casync.pack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.vsekai.nebula.casync.assemble.Assembler;
import org.vsekai.nebula.casync.assemble.AssemblyOptions;
import org.vsekai.nebula.casync.assemble.Seed;
import org.vsekai.nebula.casync.chunk.ChunkId;
import org.vsekai.nebula.casync.index.ChunkIndex;
import org.vsekai.nebula.casync.store.FileRanges;
import org.vsekai.nebula.casync.store.HttpRanges;
import org.vsekai.nebula.casync.store.HttpStoreOptions;
import org.vsekai.nebula.casync.store.RangeReader;
import org.vsekai.nebula.casync.store.RangeServer;

@Timeout(60)
class PackSourceTest {
    /** Small frames, so that there are many. */
    private static final PackOptions INSTALL = new PackOptions(3, 32 << 10, 0);

    private static final PackOptions DELTA = new PackOptions(3, 32 << 10, 96 << 10);
    private static final PlanOptions PLAN = new PlanOptions(1 << 10, 16 << 10, 1 << 20, 1 << 20);
    private static final HttpStoreOptions QUICK = new HttpStoreOptions(
            null,
            Duration.ofSeconds(2),
            Duration.ofMillis(500),
            Duration.ofSeconds(20),
            Duration.ofMillis(300),
            64,
            2,
            Duration.ofMillis(5));

    private final Versions versions = new Versions();

    @TempDir
    Path folder;

    private PackOffer install(PackOptions options) throws IOException {
        PackMaker.Made made = new PackMaker(versions).install(versions.current, options, folder);
        return new PackOffer(made.index(), file(made), null);
    }

    private PackOffer delta(PackOptions options) throws IOException {
        PackMaker.Made made = new PackMaker(versions).delta(versions.current, versions.old, options, folder);
        return new PackOffer(made.index(), file(made), versions.seedOfOld());
    }

    private RangeReader file(PackMaker.Made made) {
        return new FileRanges(folder.resolve(made.pack().packFile()));
    }

    private Path packFile(PackOffer offer) {
        return folder.resolve(offer.index().pack().packFile());
    }

    private PackPlan plan(boolean isUpdate, PackOffer... offers) {
        return PackPlan.of(versions.current, versions.wanted(isUpdate), List.of(offers), PLAN);
    }

    /** Reads each chunk; what is handed out must be right. */
    private int read(PackSource source, List<Integer> positions) {
        int read = 0;
        for (int position : positions) {
            ChunkId id = versions.current.id(position);
            byte[] target = new byte[versions.current.length(position)];
            if (source.read(id, target.length, target)) {
                assertThat(target).isEqualTo(versions.plain.get(id));
                read++;
            }
        }
        return read;
    }

    @Test
    void anInstallPackHandsOutEveryChunkInWhateverOrder() throws IOException {
        PackPlan plan = plan(false, install(INSTALL));
        List<Integer> wanted = new ArrayList<>(versions.wanted(false));
        try (PackSource source = new PackSource(plan)) {
            assertThat(read(source, wanted)).isEqualTo(wanted.size());
            assertThat(source.statistics().chunks()).isEqualTo(wanted.size());
            assertThat(source.statistics().failedFrames()).isZero();
        }
        try (PackSource source = new PackSource(plan)) {
            Collections.shuffle(wanted, new Random(3));
            read(source, wanted);
            assertThat(source.statistics().failedChunks()).isZero();
        }
    }

    @Test
    void aDeltaPackHandsOutWhatTheBaseLacksAndIsFarSmaller() throws IOException {
        PackOffer delta = delta(DELTA);
        PackPlan plan = plan(true, delta);
        List<Integer> wanted = versions.wanted(true);
        assertThat(delta.index().chunkCount()).isEqualTo(wanted.size());
        assertThat(plan.looseChunks()).isZero();
        assertThat(plan.bytes())
                .isLessThan(plan(true, install(INSTALL)).bytes() / 2)
                .isEqualTo(Files.size(packFile(delta)));
        try (PackSource source = new PackSource(plan)) {
            assertThat(read(source, wanted)).isEqualTo(wanted.size());
        }
    }

    @Test
    void packsAndPackIndexesComeOutTheSameWhenTheyAreMadeAgain() throws IOException {
        PackMaker maker = new PackMaker(versions);
        PackMaker.Made first = maker.delta(versions.current, versions.old, DELTA, folder);
        byte[] pack = Files.readAllBytes(folder.resolve(first.pack().packFile()));
        PackMaker.Made second = new PackMaker(new Versions()).delta(versions.current, versions.old, DELTA, folder);
        assertThat(second.pack()).isEqualTo(first.pack());
        assertThat(second.packIndex()).isEqualTo(first.packIndex());
        assertThat(Files.readAllBytes(folder.resolve(first.pack().packFile()))).isEqualTo(pack);
        try (var files = Files.list(folder)) {
            assertThat(files).hasSize(2);
        }
    }

    @Test
    void anAssemblyTakesWhatTheServerSendsAsThePlanSaid() throws IOException {
        PackOffer local = install(INSTALL);
        try (RangeServer server = new RangeServer(Files.readAllBytes(packFile(local)));
                HttpRanges ranges =
                        new HttpRanges(List.of(server.uri()), local.index().packSize(), QUICK)) {
            PackPlan plan = plan(false, new PackOffer(local.index(), ranges, null));
            try (PackSource source = new PackSource(plan)) {
                Assembler assembler =
                        new Assembler(versions.current, List.of(source), List.of(), null, AssemblyOptions.DEFAULT);
                Path blob = folder.resolve("blob");
                assembler.assembleTo(blob, bytes -> {});
                assertThat(Files.size(blob)).isEqualTo(versions.current.blobSize());
                assertThat(source.statistics().requests()).isEqualTo(plan.requests());
                assertThat(source.statistics().bytes()).isEqualTo(plan.bytes());
                assertThat(server.ranges).hasSize((int) plan.requests());
            }
        }
    }

    @Test
    void chunksThatOccurAgainLaterComeFromMemory() throws IOException {
        try (PackSource source = new PackSource(plan(false, install(INSTALL)))) {
            Assembler assembler =
                    new Assembler(versions.current, List.of(source), List.of(), null, AssemblyOptions.DEFAULT);
            try (InputStream blob = assembler.open()) {
                assertThat(blob.readAllBytes()).hasSize((int) versions.current.blobSize());
            }
        }
    }

    @Test
    void aDamagedPackCostsOnlyTheChunksConcerned() throws IOException {
        for (PackOffer offer : List.of(install(INSTALL), delta(DELTA))) {
            byte[] whole = Files.readAllBytes(packFile(offer));
            List<Integer> wanted = versions.wanted(offer.isDelta());
            for (PackFrame frame : offer.index().frames()) {
                // Magic, header, block header, literals, and the end.
                for (int at : new int[] {0, 3, 4, 5, 8, 9, 12, 20, frame.length() / 2, frame.length() - 1}) {
                    byte[] damaged = whole.clone();
                    damaged[(int) frame.offset() + at] ^= 0x55;
                    Files.write(packFile(offer), damaged);
                    try (PackSource source = new PackSource(plan(offer.isDelta(), offer))) {
                        assertThat(read(source, wanted)).isBetween(wanted.size() - frame.chunkCount(), wanted.size());
                    }
                }
            }
            Files.write(packFile(offer), whole);
        }
    }

    @Test
    void aPackThatIsCutShortOrAwayIsNotAskedForEver() throws IOException {
        PackOffer offer = install(INSTALL);
        byte[] whole = Files.readAllBytes(packFile(offer));
        int kept = (int) offer.index().frames().get(1).end();
        Files.write(packFile(offer), Arrays.copyOf(whole, kept));
        List<Integer> wanted = versions.wanted(false);
        PlanOptions alone = new PlanOptions(1 << 10, 1, 1 << 20, 1 << 20);
        PackPlan plan = PackPlan.of(versions.current, wanted, List.of(offer), alone);
        int firstTwo = offer.index().frames().get(1).endChunk();
        try (PackSource source = new PackSource(plan)) {
            assertThat(read(source, wanted)).isEqualTo(firstTwo);
            assertThat(source.statistics().failedFrames()).isEqualTo(3);
        }
        Files.delete(packFile(offer));
        try (PackSource source = new PackSource(plan)) {
            assertThat(read(source, wanted)).isZero();
        }
    }

    @Test
    void aBaseThatHasChangedCostsOnlyTheChunksThatNeedIt() throws IOException {
        PackOffer delta = delta(DELTA);
        ChunkId changed = versions.old.id(10);
        Seed old = versions.seedOfOld();
        Seed seed = new Seed() {
            @Override
            public String name() {
                return "changed";
            }

            @Override
            public boolean lists(ChunkId id) {
                return old.lists(id);
            }

            @Override
            public boolean read(ChunkId id, int length, byte[] target) {
                return !id.equals(changed) && old.read(id, length, target);
            }
        };
        List<Integer> wanted = versions.wanted(true);
        try (PackSource source = new PackSource(plan(true, new PackOffer(delta.index(), delta.pack(), seed)))) {
            assertThat(read(source, wanted)).isBetween(1, wanted.size() - 1);
            assertThat(source.statistics().failedChunks()).isPositive();
            assertThat(source.statistics().failedFrames()).isZero();
        }
    }

    @Test
    void aServerThatIsKilledMidwayLeavesTheRestToTheStore() throws IOException {
        PackOffer local = install(INSTALL);
        try (RangeServer server = new RangeServer(Files.readAllBytes(packFile(local)));
                HttpRanges ranges =
                        new HttpRanges(List.of(server.uri()), local.index().packSize(), QUICK);
                PackSource source = new PackSource(plan(false, new PackOffer(local.index(), ranges, null)))) {
            List<Integer> wanted = versions.wanted(false);
            assertThat(read(source, wanted.subList(0, 20))).isEqualTo(20);
            server.close();
            Assembler assembler =
                    new Assembler(versions.current, List.of(source), List.of(versions), null, AssemblyOptions.DEFAULT);
            try (InputStream blob = assembler.open()) {
                assertThat(blob.readAllBytes()).hasSize((int) versions.current.blobSize());
            }
        }
    }

    @Test
    void whatWasNotWantedIsNotHandedOut() throws IOException {
        PackOffer offer = install(INSTALL);
        List<Integer> wanted = versions.wanted(false);
        int some = offer.index().frames().getFirst().chunkCount() - 1;
        PackPlan plan = PackPlan.of(versions.current, wanted.subList(0, some), List.of(offer), PLAN);
        try (PackSource source = new PackSource(plan)) {
            assertThat(read(source, wanted)).isEqualTo(some);
            assertThat(source.lists(versions.current.id(wanted.get(some)))).isFalse();
        }
    }

    @Test
    void closedItAnswersFalse() throws IOException {
        PackSource source = new PackSource(plan(false, install(INSTALL)));
        assertThat(read(source, List.of(0))).isEqualTo(1);
        source.close();
        assertThat(read(source, List.of(1))).isZero();
        source.close();
    }

    @Test
    void anUpdateWithoutNewChunksHasAnEmptyDelta() throws IOException {
        ChunkIndex same = versions.old;
        PackMaker.Made made = new PackMaker(versions).delta(same, same, DELTA, folder);
        assertThat(made.packBytes()).isZero();
        assertThat(made.index().chunkCount()).isZero();
        byte[] bytes = Files.readAllBytes(folder.resolve(made.packIndex().packIndexFile()));
        assertThat(PackIndexCodec.read(bytes, "empty", same, same).frames()).isEmpty();
        assertThat(IntStream.range(0, same.chunkCount())).isNotEmpty();
    }
}
