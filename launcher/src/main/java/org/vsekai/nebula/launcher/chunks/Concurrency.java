package org.vsekai.nebula.launcher.chunks;

import org.vsekai.nebula.casync.assemble.AssemblyOptions;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How much is done at once. */
final class Concurrency {
    private static final int LIMIT = 1024;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command = CommandSpec.create();

    private int workers;

    @Option(
            names = {"-n", "--concurrency"},
            paramLabel = "N",
            description =
                    "Workers for cutting and for stores. Default: the processor's cores for cutting, 10 for stores;"
                            + " extract and untar ask stores for no more than 64 chunks at once.")
    void setWorkers(int workers) {
        if (workers < 1 || workers > LIMIT) {
            throw new ParameterException(command.commandLine(), "-n must be between 1 and " + LIMIT);
        }
        this.workers = workers;
    }

    int forCutting() {
        return workers == 0 ? Runtime.getRuntime().availableProcessors() : workers;
    }

    int forStores() {
        return workers == 0 ? 10 : workers;
    }

    AssemblyOptions forAssembly() {
        return AssemblyOptions.DEFAULT.withInFlight(Math.min(forStores(), AssemblyOptions.MAX_IN_FLIGHT));
    }
}
