package org.vsekai.nebula.launcher.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.launcher.BadAnswerException;
import org.vsekai.nebula.launcher.RefusedException;
import org.vsekai.nebula.launcher.VerificationException;
import org.vsekai.nebula.launcher.config.UserConfig;
import org.vsekai.nebula.launcher.console.GlobalOptions;
import org.vsekai.nebula.launcher.http.Http;
import org.vsekai.nebula.launcher.http.HttpLimits;
import org.vsekai.nebula.launcher.http.ServiceAddresses;
import org.vsekai.nebula.launcher.progress.ProgressEvent.Noted;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code vsekai store}. */
@Command(
        name = "store",
        mixinStandardHelpOptions = true,
        description = "Looks after the asset store, for operators.",
        subcommands = {StoreCommand.Collect.class, StoreCommand.Verify.class})
final class StoreCommand implements Runnable {
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(500);

    @Spec
    private CommandSpec command = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(command.commandLine(), "name one of the commands below");
    }

    /** Starts a run and follows it to its end. */
    private static JsonNode follow(CommandSpec command, String token, String what) {
        GlobalOptions global = GlobalOptions.of(command);
        UserConfig config = UserConfig.ofUser(System.getenv());
        try (Http http = new Http(HttpLimits.fromEnvironment())) {
            URI store = ServiceAddresses.find(http, global.server(command, config))
                    .assetStore()
                    .resolve("api/v1/maintenance/");
            URI start = store.resolve(what);
            JsonNode run = http.call("POST", start, token);
            String id = run.path("id").asText("");
            if (!id.matches("[0-9a-f-]{36}")) {
                throw new BadAnswerException(start.toString(), "answered without the run's id", null);
            }
            String phase = "";
            while (run.path("state").asText().equals("RUNNING")) {
                if (!run.path("phase").asText().equals(phase)) {
                    phase = run.path("phase").asText();
                    global.listener(command).on(new Noted(phase));
                }
                LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
                run = http.getJson(store.resolve(id), token);
            }
            if (!run.path("state").asText().equals("COMPLETED")) {
                throw new RefusedException(
                        store.resolve(id).toString(),
                        200,
                        "RUN_" + run.path("state").asText("UNKNOWN"),
                        run.path("report").path(0).asText("the run was ended"));
            }
            return run;
        }
    }

    private static void complete(CommandSpec command, JsonNode run) {
        Map<String, Object> figures = new LinkedHashMap<>();
        StringBuilder text = new StringBuilder();
        run.path("figures").properties().forEach(figure -> {
            figures.put(figure.getKey(), figure.getValue().longValue());
            text.append(text.isEmpty() ? "" : "\n")
                    .append("%-24s %15d"
                            .formatted(figure.getKey(), figure.getValue().longValue()));
        });
        run.path("report").forEach(line -> text.append('\n').append(line.asText()));
        GlobalOptions.of(command).complete(command, text.toString(), figures);
    }

    /** {@code vsekai store collect}. */
    @Command(
            name = "collect",
            mixinStandardHelpOptions = true,
            description = {
                "Finds what no version, asset or upload needs, and says how much it is. Only --delete deletes it.",
                "It may be run at any time; publishers and players are not in its way."
            })
    static final class Collect implements Callable<Integer> {
        @Spec
        private CommandSpec command = CommandSpec.create();

        @Mixin
        private TokenOption token = new TokenOption();

        @Option(names = "--delete", description = "Delete what is found.")
        private boolean delete;

        @Option(
                names = "--grace",
                paramLabel = "TIME",
                description = "Leave what was needed or came so short a time ago, as in PT24H or P7D.")
        private @Nullable Duration grace;

        @Override
        public Integer call() {
            String query = "collections?delete=" + delete + (grace == null ? "" : "&grace=" + grace);
            complete(command, follow(command, token.get(), query));
            return 0;
        }
    }

    /** {@code vsekai store verify}. */
    @Command(
            name = "verify",
            mixinStandardHelpOptions = true,
            description = {
                "Reads and hashes every chunk of the store, and looks for every chunk that an index names.",
                "With --repair, damaged and missing ones are taken from another store, which the service must be able to"
                        + " reach. Ends with 4 if something stays damaged or missing."
            })
    static final class Verify implements Callable<Integer> {
        @Spec
        private CommandSpec command = CommandSpec.create();

        @Mixin
        private TokenOption token = new TokenOption();

        @Option(names = "--repair", description = "Heal what is found. Needs --from.")
        private boolean repair;

        @Option(names = "--from", paramLabel = "STORE", description = "The store to heal from.")
        private @Nullable String from;

        @Override
        public Integer call() {
            if (repair != (from != null)) {
                throw new ParameterException(command.commandLine(), "--repair and --from STORE go together");
            }
            JsonNode run = follow(
                    command,
                    token.get(),
                    "verifications" + (from == null ? "" : "?repair_from=" + ServiceAddresses.segment(from)));
            complete(command, run);
            JsonNode figures = run.path("figures");
            long bad = figures.path("chunks_damaged").asLong()
                    + figures.path("chunks_missing").asLong()
                    - figures.path("chunks_repaired").asLong();
            if (bad > 0) {
                throw new VerificationException("asset store", bad + " chunks are damaged or missing", null);
            }
            return 0;
        }
    }
}
