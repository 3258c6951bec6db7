package org.vsekai.nebula.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every migration, and every statement that a service sent to PostgreSQL while the modules before this one were tested, is
 * accepted by CockroachDB's own parser. The statements are PostgreSQL's own logs, in each module's {@code target/sql-log}.
 */
class SqlDialectIT {
    private static final Pattern SUMMARY = Pattern.compile("migrations=(\\d+) statements=(\\d+) rejected=(\\d+)");
    private static final List<String> SERVICES = List.of("updater", "cdn-registry", "asset-store", "entity-sync");

    @TempDir
    Path temporary;

    @Test
    void everyMigrationIsAccepted() throws Exception {
        List<Path> migrations = files("migrations/src/main/resources/db/migration", ".sql");
        Summary summary = parse(migrations);
        assertThat(summary.rejected()).as(summary.output()).isZero();
        assertThat(summary.migrations()).isEqualTo(migrations.size()).isGreaterThanOrEqualTo(SERVICES.size());
    }

    @Test
    void everyStatementOfEachServiceIsAccepted() throws Exception {
        assumeTrue(
                System.getenv("NEBULA_TEST_DATABASE_URL") == null,
                "the services were tested on the server that NEBULA_TEST_DATABASE_URL names, which keeps no log here");
        for (String service : SERVICES) {
            List<Path> logs = files("services/" + service + "/target/sql-log", ".json");
            assertThat(logs)
                    .as("statements that the tests of " + service + " log; run the whole build, not this module alone")
                    .isNotEmpty();
            Summary summary = parse(logs);
            assertThat(summary.rejected()).as(summary.output()).isZero();
            assertThat(summary.statements()).as("statements of " + service).isPositive();
        }
    }

    @Test
    void theParserRejectsWhatCockroachDbDoesNotKnow() throws Exception {
        Path bad = Files.writeString(temporary.resolve("bad.sql"), "DO $$ BEGIN END $$;");
        assertThat(parse(List.of(bad)).rejected()).isEqualTo(1);
        Path log = Files.writeString(temporary.resolve("bad.json"), """
                {"user":"nebula_updater","message":"execute s1: SELECT 1"}
                {"user":"nebula_updater","message":"statement: LISTEN TO everything"}
                {"user":"postgres","message":"statement: not looked at"}
                """);
        Summary summary = parse(List.of(log));
        assertThat(summary.statements()).isEqualTo(2);
        assertThat(summary.rejected()).isEqualTo(1);
    }

    private record Summary(long migrations, long statements, long rejected, String output) {}

    private Summary parse(List<Path> files) throws IOException, InterruptedException {
        Optional<Path> parser = findParser();
        assertThat(parser.isPresent() || !"true".equals(System.getenv("CI")))
                .as("crdb-parse, which ./nebula test builds, is needed with CI=true")
                .isTrue();
        assumeTrue(parser.isPresent(), "crdb-parse is missing; ./nebula test builds it");
        List<String> command = new ArrayList<>(List.of(parser.get().toString()));
        files.forEach(file -> command.add(file.toString()));
        Path output = temporary.resolve("output");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
        String text = Files.readString(output);
        Matcher summary = SUMMARY.matcher(text);
        assertThat(summary.find()).as(text).isTrue();
        return new Summary(
                Long.parseLong(summary.group(1)),
                Long.parseLong(summary.group(2)),
                Long.parseLong(summary.group(3)),
                text);
    }

    private static Optional<Path> findParser() {
        String path = System.getProperty("nebula.tools", "") + File.pathSeparator + System.getenv("PATH");
        return Arrays.stream(path.split(File.pathSeparator))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, "crdb-parse"))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static List<Path> files(String folder, String suffix) throws IOException {
        Path root = SourceTree.root().resolve(folder);
        if (!Files.isDirectory(root)) {
            return List.of();
        }
        try (Stream<Path> tree = Files.walk(root)) {
            return tree.filter(file -> file.toString().endsWith(suffix))
                    .sorted()
                    .toList();
        }
    }
}
