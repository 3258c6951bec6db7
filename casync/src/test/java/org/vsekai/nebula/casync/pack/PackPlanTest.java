package org.vsekai.nebula.casync.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vsekai.nebula.casync.store.FileRanges;

class PackPlanTest {
    private static final PackOptions INSTALL = new PackOptions(3, 32 << 10, 0);
    private static final PackOptions DELTA = new PackOptions(3, 32 << 10, 96 << 10);

    private final Versions versions = new Versions();

    @TempDir
    Path folder;

    private PackOffer install() throws IOException {
        PackMaker.Made made = new PackMaker(versions).install(versions.current, INSTALL, folder);
        return new PackOffer(made.index(), new FileRanges(folder), null);
    }

    private PackOffer delta() throws IOException {
        PackMaker.Made made = new PackMaker(versions).delta(versions.current, versions.old, DELTA, folder);
        return new PackOffer(made.index(), new FileRanges(folder), versions.seedOfOld());
    }

    private PackPlan plan(List<Integer> wanted, List<PackOffer> offers) {
        return PackPlan.of(versions.current, wanted, offers, new PlanOptions(1 << 10, 1 << 20, 1 << 20, 1 << 20));
    }

    @Test
    void aFirstInstallTakesTheInstallPackWithOneRequestForWhatLiesTogether() throws IOException {
        PackOffer install = install();
        PackPlan plan = plan(versions.wanted(false), List.of(install, delta()));
        assertThat(plan.shares()).extracting(PackPlan.Share::offer).contains(install);
        PackPlan alone = plan(versions.wanted(false), List.of(install));
        assertThat(alone.requests()).isEqualTo(1);
        assertThat(alone.bytes()).isEqualTo(install.index().packSize());
        assertThat(plan.bytes()).isLessThanOrEqualTo(alone.bytes());
    }

    @Test
    void anUpdateTakesTheDelta() throws IOException {
        PackOffer delta = delta();
        PackPlan plan = plan(versions.wanted(true), List.of(install(), delta));
        assertThat(plan.shares()).extracting(PackPlan.Share::offer).containsExactly(delta);
        assertThat(plan.toString()).contains("delta pack");
    }

    @Test
    void aChunkThatIsCheaperLooseIsFetchedLoose() throws IOException {
        PackOffer install = install();
        PackPlan plan = plan(versions.wanted(false).subList(3, 4), List.of(install));
        assertThat(plan.shares()).isEmpty();
        assertThat(plan.looseChunks()).isEqualTo(1);
        int number = install.index()
                .number(versions.current.id(versions.wanted(false).get(3)));
        assertThat(plan.looseBytes()).isEqualTo(install.index().storedLength(number));
        assertThat(plan.requests()).isEqualTo(1);
    }

    @Test
    void framesBeyondTheReadersMemoryAreNotUsed() throws IOException {
        PackOffer delta = delta();
        List<Integer> wanted = versions.wanted(true);
        PackPlan noBase =
                PackPlan.of(versions.current, wanted, List.of(delta), new PlanOptions(1 << 10, 1 << 20, 1 << 20, 0));
        assertThat(noBase.packed()).allSatisfy(id -> {
            int frame = delta.index().frameOf(delta.index().number(id));
            assertThat(delta.index().frames().get(frame).base()).isEmpty();
        });
        PackPlan noFrame = PackPlan.of(
                versions.current, wanted, List.of(delta), new PlanOptions(1 << 10, 1 << 20, 1 << 11, 1 << 20));
        assertThat(noFrame.shares()).isEmpty();
        assertThat(noFrame.looseChunks()).isEqualTo(wanted.size());
    }

    @Test
    void aPackOfAnotherIndexIsRefused() throws IOException {
        PackOffer install = install();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PackPlan.of(versions.old, List.of(), List.of(install), PlanOptions.DEFAULT));
    }
}
