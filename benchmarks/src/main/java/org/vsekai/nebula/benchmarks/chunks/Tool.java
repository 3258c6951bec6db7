package org.vsekai.nebula.benchmarks.chunks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.vsekai.nebula.benchmarks.Program;

/** One of the programs compared, and how it is asked for each piece of work. Empty where it has no such command. */
enum Tool {
    /** The launcher as it is installed: its script, a JVM, the whole program. */
    OURS {
        @Override
        List<String> program() {
            return List.of(
                    Path.of(System.getProperty("nebula.home", "."))
                            .resolve("launcher/target/vsekai")
                            .toString(),
                    "chunks");
        }

        @Override
        Optional<Program> make(Path store, Path index, Path file) {
            return command("make", "-s", store, index, file);
        }

        @Override
        Optional<Program> extract(Path store, Path index, Path out) {
            return command("extract", "-s", store, index, out);
        }

        @Override
        Optional<Program> verifyFile(Path index, Path file) {
            return command("verify", index, file);
        }

        @Override
        Optional<Program> verifyStore(Path store) {
            return command("verify", "-s", store);
        }

        @Override
        List<Program> rechunk(Path store, Path index, Path seed, Path seedIndex, Path out) {
            return List.of(of("extract", "-s", store, "--seed", seed, index, out));
        }
    },
    DESYNC {
        @Override
        List<String> program() {
            return List.of(find("desync"));
        }

        @Override
        Optional<Program> make(Path store, Path index, Path file) {
            return command("make", "-s", store, index, file);
        }

        @Override
        Optional<Program> extract(Path store, Path index, Path out) {
            return command("extract", "-s", store, index, out);
        }

        @Override
        Optional<Program> verifyFile(Path index, Path file) {
            return command("verify-index", index, file);
        }

        @Override
        Optional<Program> verifyStore(Path store) {
            return command("verify", "-s", store);
        }

        @Override
        List<Program> rechunk(Path store, Path index, Path seed, Path seedIndex, Path out) {
            return List.of(
                    of("make", seedIndex, seed),
                    of("extract", "-s", store, "--seed", seedIndex + ":" + seed, index, out));
        }
    },
    CASYNC {
        @Override
        List<String> program() {
            return List.of("casync");
        }

        @Override
        Optional<Program> make(Path store, Path index, Path file) {
            return command("make", "--store=" + store, index, file);
        }

        @Override
        Optional<Program> extract(Path store, Path index, Path out) {
            return command("extract", "--store=" + store, index, out);
        }

        @Override
        Optional<Program> verifyFile(Path index, Path file) {
            return Optional.empty();
        }

        @Override
        Optional<Program> verifyStore(Path store) {
            return Optional.empty();
        }

        @Override
        List<Program> rechunk(Path store, Path index, Path seed, Path seedIndex, Path out) {
            return List.of(of("extract", "--store=" + store, "--seed=" + seed, index, out));
        }
    };

    abstract List<String> program();

    abstract Optional<Program> make(Path store, Path index, Path file);

    abstract Optional<Program> extract(Path store, Path index, Path out);

    abstract Optional<Program> verifyFile(Path index, Path file);

    abstract Optional<Program> verifyStore(Path store);

    /** Extracting with a seed that has no index yet, so that it has to be cut first. */
    abstract List<Program> rechunk(Path store, Path index, Path seed, Path seedIndex, Path out);

    String title() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether it is installed here. */
    boolean isThere() {
        Path program = Path.of(program().getFirst());
        return program.isAbsolute() || program.getNameCount() > 1 ? Files.isExecutable(program) : onPath(program);
    }

    Optional<Program> command(Object... arguments) {
        return Optional.of(of(arguments));
    }

    Program of(Object... arguments) {
        List<String> line = new ArrayList<>(program());
        for (Object argument : arguments) {
            line.add(argument.toString());
        }
        return Program.of(line).with("JAVA_HOME", System.getProperty("java.home"));
    }

    private static String find(String name) {
        Path built = Path.of(System.getProperty("nebula.tools", "")).resolve(name);
        return Files.isExecutable(built) ? built.toAbsolutePath().toString() : name;
    }

    private static boolean onPath(Path program) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder).resolve(program)));
    }

    /** The stored bytes of a store. */
    static long storedBytes(Path store) throws IOException {
        try (Stream<Path> files = Files.walk(store)) {
            long bytes = 0;
            for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
                bytes += Files.size(file);
            }
            return bytes;
        }
    }
}
