package org.vsekai.nebula.benchmarks.kernels;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ./nebula bench kernels FILE}. */
@Command(
        name = "kernels",
        mixinStandardHelpOptions = true,
        description = "Runs each loop over bytes alone under JMH, on the first " + Kernels.MEGABYTES + " MB of FILE.")
public final class Benchmark implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "FILE", description = "Bytes as they are shipped, not compressed.")
    private Path file = Path.of("");

    @Option(names = "--only", paramLabel = "REGEX", defaultValue = ".*", description = "Which kernels. Default: all.")
    private String only = "";

    @Option(
            names = "--json",
            paramLabel = "FILE",
            defaultValue = "target/bench-kernels.json",
            description = "Where JMH writes its results. Default: ${DEFAULT-VALUE}.")
    private Path json = Path.of("");

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Benchmark()).execute(arguments));
    }

    @Override
    public Integer call() throws RunnerException {
        int results = new Runner(new OptionsBuilder()
                        .include("Kernels\\." + only)
                        .param("file", file.toAbsolutePath().toString())
                        .resultFormat(ResultFormatType.JSON)
                        .result(json.toString())
                        .build())
                .run()
                .size();
        return results > 0 ? 0 : 1;
    }
}
