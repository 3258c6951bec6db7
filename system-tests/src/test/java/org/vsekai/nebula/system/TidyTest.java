package org.vsekai.nebula.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** House rules that no compiler checks, kept as an ordinary test. */
class TidyTest {

    /** Built from halves so that this file does not match itself. */
    private static final List<Pattern> UNWANTED = List.of(
            Pattern.compile("\\bTO" + "DO\\b|\\bFIX" + "ME\\b|\\bXX" + "X\\b"),
            Pattern.compile("@Dis" + "abled\\b"),
            Pattern.compile("\\.printStack" + "Trace\\("));

    @Test
    void everyPackageSaysWhatItIsForAndIsNullMarked() throws IOException {
        List<Path> folders = SourceTree.javaSources().stream()
                .filter(file -> file.toString().replace('\\', '/').contains("src/main/java"))
                .map(Path::getParent)
                .distinct()
                .toList();
        assertThat(folders).isNotEmpty();
        for (Path folder : folders) {
            Path info = folder.resolve("package-info.java");
            assertThat(info).exists();
            assertThat(Files.readString(info))
                    .as(info.toString())
                    .contains("/**")
                    .contains("@NullMarked");
        }
    }

    @Test
    void shippedCodeIsFinished() throws IOException {
        for (Path file : SourceTree.javaSources()) {
            try (Stream<String> lines = Files.lines(file)) {
                assertThat(lines.filter(line ->
                                UNWANTED.stream().anyMatch(p -> p.matcher(line).find())))
                        .as(SourceTree.root().relativize(file).toString())
                        .isEmpty();
            }
        }
    }

    @Test
    void noTestSleeps() throws IOException {
        Pattern sleep = Pattern.compile("Thread\\.sle" + "ep\\(");
        for (Path file : SourceTree.javaSources()) {
            if (file.toString().replace('\\', '/').contains("src/test/java")) {
                assertThat(Files.readString(file)).as(file.toString()).doesNotContainPattern(sleep);
            }
        }
    }

    @Test
    void noNameHidesWhatAClassIsFor() {
        Pattern vague = Pattern.compile(".*(Impl|Manager|Helper|Utils?|Common)\\.java");
        assertThat(SourceTree.javaSources())
                .noneMatch(file -> vague.matcher(file.getFileName().toString()).matches());
    }
}
