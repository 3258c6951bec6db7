package org.vsekai.nebula.launcher.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

class CommandLineTest {
    private final StringWriter text = new StringWriter();

    @TempDir
    private Path temp;

    private int run(String... arguments) {
        PrintWriter writer = new PrintWriter(text, true);
        return Vsekai.commandLine(arguments).setOut(writer).setErr(writer).execute(arguments);
    }

    static List<CommandLine> all(CommandLine from) {
        List<CommandLine> found = new ArrayList<>(List.of(from));
        from.getSubcommands().values().stream().distinct().forEach(line -> found.addAll(all(line)));
        return found;
    }

    @Test
    void everyCommandExplainsItselfAndEachOfItsOptions() {
        for (CommandLine line : all(Vsekai.commandLine())) {
            String name = line.getCommandSpec().qualifiedName();
            assertThat(line.getCommandSpec().usageMessage().description())
                    .as(name)
                    .isNotEmpty();
            assertThat(line.getUsageMessage()).as(name).contains("--help", "--json");
            for (OptionSpec option : line.getCommandSpec().options()) {
                assertThat(option.description())
                        .as(name + " " + option.longestName())
                        .isNotEmpty();
            }
            for (PositionalParamSpec parameter : line.getCommandSpec().positionalParameters()) {
                assertThat(parameter.hidden() || parameter.description().length > 0)
                        .as(name + " " + parameter.paramLabel())
                        .isTrue();
            }
        }
    }

    @Test
    void aCommandCalledByNameIsTheOnlyOneMadeAndIsWhole() {
        CommandLine line = Vsekai.commandLine("chunks", "make", "--json");

        assertThat(all(line)).extracting(CommandLine::getCommandName).containsExactly("vsekai", "chunks", "make");
        CommandLine make = all(line).getLast();
        CommandLine amongAll = all(Vsekai.commandLine()).stream()
                .filter(each -> each.getCommandSpec().qualifiedName().equals("vsekai chunks make"))
                .findFirst()
                .orElseThrow();
        assertThat(make.getUsageMessage()).isEqualTo(amongAll.getUsageMessage());
    }

    @Test
    void wrongCommandLinesEndWithTwo() {
        assertThat(run()).isEqualTo(2);
        assertThat(run("nonsense")).isEqualTo(2);
        assertThat(run("mode", "switch")).isEqualTo(2);
        assertThat(run("mode")).isEqualTo(2);
        assertThat(run("publish", "--mode", "m", "--version", "1", temp.toString()))
                .isEqualTo(2);
        assertThat(run("chunks", "make", "-m", "1:2", "i", "f")).isEqualTo(2);
        assertThat(run("chunks", "make", "-n", "0", "i", "f")).isEqualTo(2);
        assertThat(run("--server", "ftp://x", "update", temp.resolve("game").toString()))
                .isEqualTo(2);
        assertThat(text.toString()).contains("16:64:256", "not a semantic version", "https://updates.example/");
    }

    @Test
    void tellsItsVersion() {
        assertThat(run("--version")).isZero();
        assertThat(text.toString()).startsWith("vsekai ").doesNotContain("unknown");
    }

    @Test
    void anUntouchedFolderHasNothingInstalled() {
        assertThat(run("status", "--json", temp.toString())).isZero();
        assertThat(text.toString()).contains("\"installed\":false");
        assertThat(run("verify", temp.toString())).isEqualTo(1);
        assertThat(temp).isEmptyDirectory();
    }

    @Test
    void failuresAreEventsForPrograms() {
        assertThat(run("chunks", "list", "--json", temp.resolve("absent").toString()))
                .isEqualTo(5);
        assertThat(text.toString()).contains("\"event\":\"error\"", "\"exit_code\":5", "absent");
    }
}
