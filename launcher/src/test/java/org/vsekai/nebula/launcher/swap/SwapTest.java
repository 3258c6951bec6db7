package org.vsekai.nebula.launcher.swap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsekai.nebula.launcher.folder.FolderState;
import org.vsekai.nebula.launcher.folder.GameFolder;
import org.vsekai.nebula.launcher.manifest.ManifestEntry;
import org.vsekai.nebula.launcher.version.SemanticVersion;

/** The swap and what follows a kill at each of its moments. */
class SwapTest {
    private static final UUID FORMER = new UUID(0, 1);
    private static final UUID NEXT = new UUID(0, 2);
    private static final String SHA = "00".repeat(32);

    @TempDir
    private Path temp;

    private GameFolder folder;

    @BeforeEach
    void prepare() throws IOException {
        folder = GameFolder.of(temp.resolve("game"));
        Files.createDirectories(folder.work());
        tree(folder.root(), FORMER, "old");
        Files.writeString(folder.root().resolve("player"), "mine");
        tree(folder.work().resolve("new"), NEXT, "new");
    }

    private static void tree(Path root, UUID id, String content) throws IOException {
        Files.createDirectories(root.resolve(".vsekai"));
        Files.writeString(root.resolve("shipped"), content);
        Files.writeString(root.resolve(".vsekai/manifest.json"), """
                {"archive":{"chunk_avg":65536,"chunk_max":262144,"chunk_min":16384,"chunks":1,"digest":"sha256","size":9},
                 "files":[{"mode":"0644","path":"shipped","sha256":"%1$s","size":3,"type":"file"}],
                 "index":{"name":"%1$s.caidx","sha256":"%1$s","size":9},"mode":"m","schema":1,"version":"0.1.0"}
                """.formatted(SHA));
        new FolderState(
                        new FolderState.Installed(
                                id, "m", SemanticVersion.parse("0.1.0"), SHA + ".caidx", SHA + ".json"),
                        null)
                .write(root.resolve(".vsekai"));
    }

    private static final ShippedPaths SHIPPED =
            path -> path.equals("shipped") ? new ManifestEntry.File(path, 0644, 3, SHA) : null;

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void putsTheNextTreeInAndCarriesThePlayersFiles(boolean exchange) throws IOException {
        new Swap(folder, exchange).run(NEXT, SHIPPED, SHIPPED);
        assertNewAndClean();
    }

    /** Each row: what is done by hand after the journal was written, and whether the new tree must stand afterwards. */
    static Stream<Arguments> kills() {
        return Stream.of(
                arguments(List.of(), false),
                arguments(List.of("game>old"), true),
                arguments(List.of("game>old", "new>game"), true),
                arguments(List.of("game>x", "new>game", "x>new"), true),
                arguments(List.of("game>trash", "new>game"), true));
    }

    @ParameterizedTest
    @MethodSource("kills")
    void recoversFromAKillAtEachMoment(List<String> moves, boolean becomesNew) throws IOException {
        PlayerFiles.link(folder.root(), SHIPPED, folder.work().resolve("new"), SHIPPED);
        Files.writeString(folder.work().resolve("swap"), NEXT.toString());
        for (String move : moves) {
            String[] names = move.split(">", -1);
            Files.move(path(names[0]), path(names[1]));
        }

        boolean recovered = new Swap(folder, true).recover();

        assertThat(recovered).isEqualTo(becomesNew);
        if (becomesNew) {
            assertNewAndClean();
        } else {
            assertThat(folder.root().resolve("shipped")).hasContent("old");
        }
        assertThat(folder.root().resolve("player")).hasContent("mine");
        assertThat(folder.work().resolve("swap")).doesNotExist();
    }

    private Path path(String name) {
        return name.equals("game") ? folder.root() : folder.work().resolve(name);
    }

    private void assertNewAndClean() throws IOException {
        assertThat(folder.root().resolve("shipped")).hasContent("new");
        assertThat(folder.root().resolve("player")).hasContent("mine");
        assertThat(folder.root().resolve("shipped.player")).doesNotExist();
        assertThat(folder.work()).isEmptyDirectory();
    }

    @Test
    void bringsWhatThePlayerWroteAfterTheLinksWereMade() throws IOException {
        Path next = folder.work().resolve("new");
        PlayerFiles.link(folder.root(), SHIPPED, next, SHIPPED);
        Files.writeString(folder.root().resolve("late"), "late");
        PlayerFiles.move(folder.root(), SHIPPED, next, SHIPPED);
        assertThat(next.resolve("late")).hasContent("late");
        assertThat(next.resolve("player")).hasContent("mine");
    }

    @Test
    void keepsAPlayersFileWhoseFolderBecameAFile() throws IOException {
        Files.createDirectories(folder.root().resolve("mods"));
        Files.writeString(folder.root().resolve("mods/one"), "1");
        Path next = folder.work().resolve("new");
        Files.writeString(next.resolve("mods"), "a file now");
        ShippedPaths before =
                path -> path.equals("mods") ? new ManifestEntry.Directory(path, 0755) : SHIPPED.entry(path);
        ShippedPaths now =
                path -> path.equals("mods") ? new ManifestEntry.File(path, 0644, 10, SHA) : SHIPPED.entry(path);
        PlayerFiles.link(folder.root(), before, next, now);
        PlayerFiles.move(folder.root(), before, next, now);
        assertThat(next.resolve("mods")).hasContent("a file now");
        assertThat(next.resolve("mods.player/one")).hasContent("1");
        assertThat(next.resolve("mods.player-2")).doesNotExist();
    }
}
