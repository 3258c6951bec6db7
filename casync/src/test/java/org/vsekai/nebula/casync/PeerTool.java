package org.vsekai.nebula.casync;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * A real tool that reads and writes the same formats. It is looked for in the folder {@code -Dnebula.tools} and on PATH.
 * Where {@code CI=true} its absence fails the test, elsewhere the test is skipped and says so.
 */
public record PeerTool(Path executable) {
    private static final long TIMEOUT_SECONDS = 120;

    public static PeerTool find(String name) {
        // Servers lie where only root's PATH leads.
        String folders = String.join(
                File.pathSeparator, System.getProperty("nebula.tools", ""), System.getenv("PATH"), "/usr/sbin");
        for (String folder : folders.split(File.pathSeparator)) {
            Path candidate = Path.of(folder, name);
            if (!folder.isEmpty() && Files.isRegularFile(candidate) && Files.isExecutable(candidate)) {
                return new PeerTool(candidate);
            }
        }
        String message = name + " is neither in -Dnebula.tools nor on PATH";
        return "true".equals(System.getenv("CI")) ? fail(message) : Assumptions.abort(message);
    }

    /** What a run left. */
    public record Result(int exitCode, String out, String err) {}

    /** Runs the tool in {@code folder}, which is also its home, to its end. */
    public Result run(Path folder, Object... arguments) throws IOException, InterruptedException {
        Path out = Files.createTempFile("peer", ".out");
        Path err = Files.createTempFile("peer", ".err");
        try {
            Process process = builder(folder, arguments)
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile())
                    .start();
            if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                fail(executable + " did not end within " + TIMEOUT_SECONDS + " s");
            }
            return new Result(process.exitValue(), Files.readString(out), Files.readString(err));
        } finally {
            Files.delete(out);
            Files.delete(err);
        }
    }

    /** Runs the tool and fails the test unless it succeeds. */
    public String succeed(Path folder, Object... arguments) throws IOException, InterruptedException {
        Result result = run(folder, arguments);
        if (result.exitCode != 0) {
            fail("%s %s: exit code %d%n%s".formatted(executable, List.of(arguments), result.exitCode, result.err));
        }
        return result.out;
    }

    /** Starts the tool as a server; the caller ends it. */
    public Process start(Path folder, Object... arguments) throws IOException {
        return builder(folder, arguments)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve("server.log").toFile()))
                .start();
    }

    private ProcessBuilder builder(Path folder, Object... arguments) {
        List<String> command = new ArrayList<>(List.of(executable.toString()));
        Stream.of(arguments).map(Object::toString).forEach(command::add);
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().put("HOME", folder.toString());
        return builder;
    }
}
