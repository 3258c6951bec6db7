package org.vsekai.nebula.launcher.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.launcher.ExitCode;
import org.vsekai.nebula.launcher.console.GlobalOptions;
import org.vsekai.nebula.launcher.console.Table;
import org.vsekai.nebula.launcher.ledger.LedgerMembers.Answered;
import org.vsekai.nebula.launcher.ledger.LedgerMembers.Listing;
import org.vsekai.nebula.launcher.ledger.LedgerMembers.Outcome;
import org.vsekai.nebula.launcher.ledger.LedgerMembers.Silent;
import org.vsekai.nebula.launcher.progress.TerminalText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code vsekai ledger}. */
@Command(
        name = "ledger",
        mixinStandardHelpOptions = true,
        description = "Looks into the ledger and looks after its members, for operators.",
        subcommands = {
            LedgerCommand.Status.class,
            LedgerCommand.Counters.class,
            LedgerCommand.Leases.class,
            LedgerCommand.Claims.class,
            LedgerCommand.Intents.class,
            LedgerCommand.Snapshot.class,
            LedgerCommand.Members.class
        })
final class LedgerCommand implements Runnable {
    private static final String NONE = "-";

    @Spec
    private CommandSpec command = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(command.commandLine(), "name one of the commands below");
    }

    /** How far each member is, as the leader among the answers tells it. */
    private static Map<String, JsonNode> peers(List<JsonNode> statuses) {
        Map<String, JsonNode> peers = new LinkedHashMap<>();
        statuses.stream().filter(status -> role(status).equals("leader")).forEach(leader -> leader.path("peers")
                .forEach(peer -> peers.put(peer.path("id").asText(), peer)));
        return peers;
    }

    private static String role(JsonNode status) {
        return status.path("role").asText();
    }

    private static String lag(JsonNode status, Map<String, JsonNode> peers) {
        return role(status).equals("leader")
                ? "0"
                : number(peers.get(status.path("id").asText()), "lag");
    }

    private static String number(@Nullable JsonNode of, String field) {
        return of != null && of.path(field).canConvertToLong()
                ? Long.toString(of.path(field).longValue())
                : NONE;
    }

    private static String text(JsonNode of, String field) {
        String text = of.path(field).asText("");
        return text.isEmpty() ? NONE : text;
    }

    private static String milliseconds(double nanos) {
        return String.format(Locale.ROOT, "%.2f ms", nanos / 1e6);
    }

    private static String seconds(JsonNode of, String field) {
        return of.path(field).canConvertToLong()
                ? String.format(Locale.ROOT, "%.1f s", of.path(field).longValue() / 1e3)
                : NONE;
    }

    /** What the member said, for programs: {@link GlobalOptions#complete} tells which values there may be. */
    private static Object figure(JsonNode json) {
        if (json.isObject()) {
            Map<String, Object> fields = new LinkedHashMap<>();
            json.properties().forEach(field -> {
                if (!field.getValue().isNull()) {
                    fields.put(field.getKey(), figure(field.getValue()));
                }
            });
            return fields;
        }
        if (json.isArray()) {
            List<Object> items = new ArrayList<>();
            json.forEach(item -> items.add(figure(item)));
            return items;
        }
        if (json.isBoolean()) {
            return json.booleanValue();
        }
        return json.canConvertToLong() && json.isIntegralNumber() ? (Object) json.longValue() : json.asText();
    }

    /** {@code vsekai ledger status}. */
    @Command(
            name = "status",
            mixinStandardHelpOptions = true,
            description = {
                "Asks every member that --ledger names for its role, term and progress; works without a leader too.",
                "Ends with 3 if there is no leader or a member does not answer, and with 4 if one has halted over its"
                        + " log."
            })
    static final class Status implements Callable<Integer> {
        @Spec
        private CommandSpec command = CommandSpec.create();

        @Mixin
        private LedgerOptions options = new LedgerOptions();

        @Override
        public Integer call() {
            List<Outcome> outcomes = options.ask(command, members -> members.statusOfEach());
            List<JsonNode> statuses = outcomes.stream()
                    .filter(Answered.class::isInstance)
                    .map(outcome -> ((Answered) outcome).json())
                    .toList();
            Optional<String> leader = statuses.stream()
                    .filter(status -> role(status).equals("leader"))
                    .max((one, two) -> Long.compare(
                            one.path("term").asLong(), two.path("term").asLong()))
                    .or(() -> statuses.stream()
                            .filter(status -> !status.path("leader").asText("").isEmpty())
                            .findFirst())
                    .map(status -> role(status).equals("leader")
                            ? status.path("id").asText()
                            : status.path("leader").asText());

            Map<String, Object> figures = new LinkedHashMap<>();
            leader.ifPresent(id -> figures.put("leader", id));
            figures.put("members", outcomes.stream().map(Status::figures).toList());
            GlobalOptions.of(command).complete(command, describe(outcomes, statuses, leader), figures);
            if (statuses.stream().anyMatch(status -> role(status).equals("halted"))) {
                return ExitCode.CORRUPT.code();
            }
            return leader.isEmpty() || statuses.size() < outcomes.size() ? ExitCode.UNAVAILABLE.code() : 0;
        }

        private static Object figures(Outcome outcome) {
            Map<String, Object> figures = new LinkedHashMap<>();
            figures.put("address", outcome.address().toString());
            switch (outcome) {
                case Answered(var address, var json) ->
                    json.properties().forEach(field -> figures.put(field.getKey(), figure(field.getValue())));
                case Silent(var address, var reason) -> figures.put("silent", reason);
            }
            return figures;
        }

        private static String describe(List<Outcome> outcomes, List<JsonNode> statuses, Optional<String> leader) {
            Map<String, JsonNode> peers = peers(statuses);
            Table table = new Table(
                    "MEMBER",
                    "ROLE",
                    "TERM",
                    "COMMITTED",
                    "LAST",
                    "APPLIED",
                    "LAG",
                    "SNAPSHOT",
                    "LOG",
                    "FSYNCS",
                    "EACH",
                    "ADDRESS");
            List<String> below = new ArrayList<>();
            for (Outcome outcome : outcomes) {
                switch (outcome) {
                    case Answered(var address, var status) -> {
                        long fsyncs = status.path("fsyncs").asLong();
                        table.add(
                                text(status, "id"),
                                role(status),
                                number(status, "term"),
                                number(status, "commit_index"),
                                number(status, "last_index"),
                                number(status, "applied_index"),
                                lag(status, peers),
                                number(status, "snapshot_index"),
                                TerminalText.bytes(status.path("log_bytes").asLong()),
                                number(status, "fsyncs"),
                                fsyncs == 0
                                        ? NONE
                                        : milliseconds((double) status.path("fsync_nanos")
                                                        .asLong()
                                                / fsyncs),
                                address.toString());
                        if (!status.path("failure").asText("").isEmpty()) {
                            below.add(text(status, "id") + " halted: " + text(status, "failure"));
                        }
                    }
                    case Silent(var address, var reason) -> below.add(address + " gives no answer: " + reason);
                }
            }
            statuses.stream()
                    .max((one, two) -> Long.compare(
                            one.path("applied_index").asLong(),
                            two.path("applied_index").asLong()))
                    .ifPresent(newest -> {
                        List<String> voters = new ArrayList<>();
                        newest.path("members").forEach(id -> voters.add(id.asText()));
                        voters.sort(null);
                        below.add("votes: " + String.join(", ", voters));
                        below.add("holds: " + number(newest, "counter_count") + " counters, "
                                + number(newest, "lease_count")
                                + " leases, " + number(newest, "claim_count") + " claims, "
                                + number(newest, "pending_intent_count") + " pending intents; remembers "
                                + number(newest, "remembered_request_count") + " requests");
                    });
            below.add(leader.map(id -> "leader: " + id)
                    .orElse("no leader: writes are refused until more than half of the voters reach each other;"
                            + " --stale reads what a member has"));
            return (statuses.isEmpty() ? "" : table.text() + "\n") + String.join("\n", below);
        }
    }

    /** What every list takes. */
    static final class ListOptions {
        @Mixin
        private LedgerOptions options = new LedgerOptions();

        @Option(
                names = "--stale",
                description = "Read what the member asked has, however old; works without a leader too.")
        private boolean stale;

        @Option(
                names = "--limit",
                paramLabel = "N",
                defaultValue = "1000",
                description = "Entries at most. Default: ${DEFAULT-VALUE}.")
        private int limit = 1000;

        int show(
                CommandSpec command,
                String what,
                Map<String, String> filters,
                Table table,
                Function<JsonNode, String[]> row) {
            if (limit < 1 || limit > 1_000_000) {
                throw new ParameterException(command.commandLine(), "--limit must be 1 to 1000000");
            }
            Map<String, String> query = new LinkedHashMap<>(filters);
            if (stale) {
                query.put("consistency", "stale");
            }
            Listing listing = options.ask(command, members -> members.list(what, query, limit));
            listing.items().forEach(item -> table.add(row.apply(item)));
            String text = listing.items().isEmpty() ? "there are no " + what + " of that kind" : table.text();
            Map<String, Object> figures = new LinkedHashMap<>();
            figures.put("complete", listing.complete());
            figures.put(
                    what, listing.items().stream().map(LedgerCommand::figure).toList());
            GlobalOptions.of(command)
                    .complete(
                            command,
                            listing.complete() ? text : text + "\nthere are more; narrow the search or raise --limit",
                            figures);
            return 0;
        }
    }

    /** Which names. */
    static final class PrefixOption {
        @Option(names = "--prefix", paramLabel = "TEXT", description = "Only names that begin so.")
        private @Nullable String prefix;

        Map<String, String> filter() {
            return prefix == null ? Map.of() : Map.of("prefix", prefix);
        }
    }

    /** {@code vsekai ledger counters}. */
    @Command(name = "counters", mixinStandardHelpOptions = true, description = "Lists counters that are not 0.")
    static final class Counters implements Callable<Integer> {
        @Spec
        private CommandSpec command = CommandSpec.create();

        @Mixin
        private ListOptions list = new ListOptions();

        @Mixin
        private PrefixOption prefix = new PrefixOption();

        @Override
        public Integer call() {
            return list.show(command, "counters", prefix.filter(), new Table("NAME", "VALUE"), counter ->
                    new String[] {text(counter, "name"), number(counter, "value")});
        }
    }

    /** {@code vsekai ledger leases}. */
    @Command(
            name = "leases",
            mixinStandardHelpOptions = true,
            description = "Lists leases: one for each process that lives. What it owns is under 'claims'.")
    static final class Leases implements Callable<Integer> {
        @Spec
        private CommandSpec command = CommandSpec.create();

        @Mixin
        private ListOptions list = new ListOptions();

        @Mixin
        private PrefixOption prefix = new PrefixOption();

        @Override
        public Integer call() {
            return list.show(
                    command,
                    "leases",
                    prefix.filter(),
                    new Table("NAME", "HOLDER", "TOKEN", "LIFE", "REMAINING", "ACQUIRED"),
                    lease -> new String[] {
                        text(lease, "name"),
                        text(lease, "holder"),
                        number(lease, "token"),
                        seconds(lease, "time_to_live_millis"),
                        seconds(lease, "remaining_millis"),
                        text(lease, "acquired_at")
                    });
        }
    }

    /** {@code vsekai ledger claims}. */
    @Command(
            name = "claims",
            mixinStandardHelpOptions = true,
            description =
                    "Lists what is claimed under leases, such as the right to collect garbage or to recover intents.")
    static final class Claims implements Callable<Integer> {
        @Spec
        private CommandSpec command = CommandSpec.create();

        @Mixin
        private ListOptions list = new ListOptions();

        @Mixin
        private PrefixOption prefix = new PrefixOption();

        @Override
        public Integer call() {
            return list.show(
                    command,
                    "claims",
                    prefix.filter(),
                    new Table("RESOURCE", "LEASE", "TOKEN", "LEASE'S TOKEN"),
                    claim -> new String[] {
                        text(claim, "resource"),
                        text(claim, "lease"),
                        number(claim, "token"),
                        number(claim, "lease_token")
                    });
        }
    }

    /** {@code vsekai ledger intents}. */
    @Command(
            name = "intents",
            mixinStandardHelpOptions = true,
            description = {
                "Lists intents, the oldest first: what writers are about to do, or lately did, in more than one store.",
                "What each covers is told with --json."
            })
    static final class Intents implements Callable<Integer> {
        /** As the ledger knows it. */
        enum State {
            pending,
            committed,
            aborted
        }

        @Spec
        private CommandSpec command = CommandSpec.create();

        @Mixin
        private ListOptions list = new ListOptions();

        @Option(names = "--state", paramLabel = "STATE", description = "Only these: ${COMPLETION-CANDIDATES}.")
        private @Nullable State state;

        @Option(names = "--kind", paramLabel = "KIND", description = "Only of this kind, such as publish.")
        private @Nullable String kind;

        @Option(
                names = "--orphaned",
                description =
                        "Only pending ones whose writer's lease is gone; recovery finishes them within its interval.")
        private boolean orphaned;

        @Override
        public Integer call() {
            Map<String, String> filters = new LinkedHashMap<>();
            if (state != null) {
                filters.put("state", state.name());
            }
            if (kind != null) {
                filters.put("kind", kind);
            }
            if (orphaned) {
                filters.put("orphaned", "true");
            }
            return list.show(
                    command,
                    "intents",
                    filters,
                    new Table(
                            "ID", "KIND", "STATE", "WRITER", "LEASE", "TOKEN", "COVERS", "BEGUN", "FINISHED", "REASON"),
                    intent -> new String[] {
                        text(intent, "id"),
                        text(intent, "kind"),
                        text(intent, "state") + (intent.path("orphaned").asBoolean() ? ", orphaned" : ""),
                        text(intent, "writer"),
                        text(intent, "lease"),
                        number(intent, "token"),
                        Integer.toString(intent.path("covers").size()),
                        text(intent, "begun_at"),
                        text(intent, "finished_at"),
                        text(intent, "reason")
                    });
        }
    }

    /** {@code vsekai ledger snapshot}. */
    @Command(
            name = "snapshot",
            mixinStandardHelpOptions = true,
            description = {
                "Has each member that --ledger names write a snapshot and drop the log before it. They also do by"
                        + " themselves.",
                "Ends with 3 if one does not answer."
            })
    static final class Snapshot implements Callable<Integer> {
        @Spec
        private CommandSpec command = CommandSpec.create();

        @Mixin
        private LedgerOptions options = new LedgerOptions();

        @Override
        public Integer call() {
            List<Outcome> outcomes = options.order(command, members -> members.snapshotOfEach());
            List<String> lines = new ArrayList<>();
            List<Object> figures = new ArrayList<>();
            boolean all = true;
            for (Outcome outcome : outcomes) {
                switch (outcome) {
                    case Answered(var address, var json) -> {
                        long index = json.path("snapshot_index").longValue();
                        lines.add(address + " has a snapshot at index " + index);
                        figures.add(Map.of("address", address.toString(), "snapshot_index", index));
                    }
                    case Silent(var address, var reason) -> {
                        all = false;
                        lines.add(address + " gives no answer: " + reason);
                        figures.add(Map.of("address", address.toString(), "silent", reason));
                    }
                }
            }
            GlobalOptions.of(command).complete(command, String.join("\n", lines), Map.of("snapshots", figures));
            return all ? 0 : ExitCode.UNAVAILABLE.code();
        }
    }

    /** {@code vsekai ledger members}. */
    @Command(
            name = "members",
            mixinStandardHelpOptions = true,
            description = "Lists the members that vote, as the leader knows them, or else the first one that answers.",
            subcommands = {Members.Add.class, Members.Remove.class})
    static final class Members implements Callable<Integer> {
        @Spec
        private CommandSpec command = CommandSpec.create();

        @Mixin
        private LedgerOptions options = new LedgerOptions();

        @Override
        public Integer call() {
            JsonNode status = options.ask(command, members -> members.status());
            tell(command, status, "");
            return 0;
        }

        private static void tell(CommandSpec command, JsonNode status, String done) {
            Map<String, JsonNode> peers = peers(List.of(status));
            Table table = new Table("MEMBER", "ROLE", "HAS", "LAG");
            status.path("members").forEach(member -> {
                String id = member.asText();
                boolean itself = id.equals(status.path("id").asText());
                table.add(
                        id,
                        itself ? role(status) : id.equals(status.path("leader").asText("")) ? "leader" : NONE,
                        itself ? number(status, "last_index") : number(peers.get(id), "match_index"),
                        itself ? lag(status, peers) : number(peers.get(id), "lag"));
            });
            Map<String, Object> figures = new LinkedHashMap<>();
            figures.put("member", text(status, "id"));
            figures.put("leader", status.path("leader").asText(""));
            figures.put("members", figure(status.path("members")));
            figures.put("peers", figure(status.path("peers")));
            GlobalOptions.of(command).complete(command, done + table.text(), figures);
        }

        /** {@code vsekai ledger members add ID}. */
        @Command(
                name = "add",
                mixinStandardHelpOptions = true,
                description =
                        "Gives a vote to a member that runs, once it has caught up. Start it with an empty folder, and"
                                + " with the ids of those that vote already as its members.")
        static final class Add implements Callable<Integer> {
            @Spec
            private CommandSpec command = CommandSpec.create();

            @Mixin
            private LedgerOptions options = new LedgerOptions();

            @Parameters(paramLabel = "ID", description = "The new member.")
            private String id = "";

            @Override
            public Integer call() {
                tell(command, options.order(command, members -> members.add(id)), id + " votes now\n");
                return 0;
            }
        }

        /** {@code vsekai ledger members remove ID}. */
        @Command(
                name = "remove",
                mixinStandardHelpOptions = true,
                description =
                        "Takes the vote from a member, which may be gone for good. Never start it again with its old"
                                + " folder.")
        static final class Remove implements Callable<Integer> {
            @Spec
            private CommandSpec command = CommandSpec.create();

            @Mixin
            private LedgerOptions options = new LedgerOptions();

            @Parameters(paramLabel = "ID", description = "The member that goes.")
            private String id = "";

            @Override
            public Integer call() {
                tell(command, options.order(command, members -> members.remove(id)), id + " has no vote any more\n");
                return 0;
            }
        }
    }
}
