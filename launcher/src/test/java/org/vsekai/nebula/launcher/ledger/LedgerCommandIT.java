package org.vsekai.nebula.launcher.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.vsekai.nebula.launcher.cli.Vsekai;

class LedgerCommandIT {
    private static final String TOKEN = "operator-token";
    private static final JsonMapper JSON = new JsonMapper();

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final List<FakeMember> started = new ArrayList<>();

    @AfterEach
    void stop() {
        started.forEach(FakeMember::close);
    }

    @Test
    void statusAsksEveryMemberAndTellsTheLagThatTheLeaderKnows() throws IOException {
        FakeMember one = member("one", "leader");
        FakeMember two = member("two", "follower");
        one.peer("two", 990, 10);

        assertThat(ledger("status", one, two)).isZero();

        assertThat(out.toString().lines().map(line -> line.replaceAll(" +", " ")))
                .contains(
                        "one leader 7 1000 1000 1000 0 900 64.0 MiB 4 0.50 ms " + one.url(),
                        "two follower 7 1000 1000 1000 10 900 64.0 MiB 4 0.50 ms " + two.url(),
                        "votes: one, two",
                        "holds: 3 counters, 2 leases, 1 claims, 0 pending intents; remembers 5 requests",
                        "leader: one");
    }

    @Test
    void statusIsWhatTheMembersSaidForPrograms() throws IOException {
        FakeMember one = member("one", "leader");
        one.peer("two", 990, 10);

        assertThat(ledger("status", "--json", one)).isZero();

        JsonNode result = JSON.readTree(out.toString());
        assertThat(result.path("command").asText()).isEqualTo("ledger status");
        assertThat(result.path("leader").asText()).isEqualTo("one");
        JsonNode member = result.path("members").path(0);
        assertThat(member.path("address").asText()).isEqualTo(one.url());
        assertThat(member.path("commit_index").asLong()).isEqualTo(1000);
        assertThat(member.path("peers").path(0).path("lag").asLong()).isEqualTo(10);
    }

    @Test
    void statusShowsTheOthersWhenAMemberIsAwayAndEndsWithThree() throws IOException {
        FakeMember one = member("one", "leader");

        assertThat(run("ledger", "status", "--token", TOKEN, "--ledger", one.url() + "," + nobody()))
                .isEqualTo(3);

        assertThat(out.toString()).contains("one", "gives no answer: cannot connect", "leader: one");
    }

    @Test
    void statusWithoutALeaderSaysWhatThatMeansAndEndsWithThree() throws IOException {
        FakeMember one = member("one", "candidate");
        one.status.put("leader", "");

        assertThat(ledger("status", one)).isEqualTo(3);

        assertThat(out.toString()).contains("candidate", "no leader", "--stale");
    }

    @Test
    void statusNamesWhyAMemberHaltedAndEndsWithFour() throws IOException {
        FakeMember one = member("one", "leader");
        FakeMember two = member("two", "halted");
        two.status.put("failure", "segment-3: offset 4096: the record's checksum is wrong");

        assertThat(ledger("status", one, two)).isEqualTo(4);

        assertThat(out.toString()).contains("two halted: segment-3: offset 4096: the record's checksum is wrong");
    }

    @Test
    void listsAreReadPageByPage() throws IOException {
        FakeMember one = member("one", "leader");
        ArrayNode counters = one.list("counters");
        for (int i = 0; i < 2_500; i++) {
            counters.addObject().put("name", "counter-%04d".formatted(i)).put("value", i);
        }

        assertThat(ledger("counters", "--json", "--limit=10000", one)).isZero();
        JsonNode result = JSON.readTree(out.toString());
        assertThat(result.path("complete").asBoolean()).isTrue();
        assertThat(result.path("counters")).hasSize(2_500);
        assertThat(result.path("counters").path(2_499).path("value").asLong()).isEqualTo(2_499);
        assertThat(one.asked).hasSize(3);

        out.getBuffer().setLength(0);
        assertThat(ledger("counters", "--limit=1200", one)).isZero();
        assertThat(out.toString())
                .contains("counter-1199  1199")
                .doesNotContain("counter-1200")
                .contains("there are more");
    }

    @Test
    void filtersAndStaleReadsArePassedOn() throws IOException {
        FakeMember one = member("one", "follower");
        for (String list : List.of("counters", "leases", "claims", "intents")) {
            one.list(list);
        }

        assertThat(ledger("counters", "--prefix=a&b", "--stale", one)).isZero();
        assertThat(ledger("leases", "--prefix=node/", one)).isZero();
        assertThat(ledger("claims", "--stale", one)).isZero();
        assertThat(ledger("intents", "--state=pending", "--kind=publish", "--orphaned", one))
                .isZero();

        assertThat(one.asked)
                .containsExactly(
                        "GET counters?limit=1000&prefix=a%26b&consistency=stale",
                        "GET leases?limit=1000&prefix=node%2F",
                        "GET claims?limit=1000&consistency=stale",
                        "GET intents?limit=1000&state=pending&kind=publish&orphaned=true");
        assertThat(out.toString()).contains("there are no intents of that kind");
    }

    @Test
    void leasesClaimsAndIntentsAreTables() throws IOException {
        FakeMember one = member("one", "leader");
        one.list("leases")
                .addObject()
                .put("name", "node/updater/1")
                .put("holder", "updater")
                .put("token", 17)
                .put("time_to_live_millis", 10_000)
                .put("remaining_millis", 6_500)
                .put("acquired_at", "2026-01-02T03:04:05Z");
        one.list("claims")
                .addObject()
                .put("resource", "collection")
                .put("lease", "node/updater/1")
                .put("token", 18)
                .put("lease_token", 17);
        one.list("intents")
                .addObject()
                .put("id", "0198c0de-0000-7000-8000-000000000001")
                .put("kind", "publish")
                .put("state", "pending")
                .put("writer", "evil\u001b[2J\nwriter")
                .put("lease", "node/updater/1")
                .put("token", 19)
                .put("orphaned", true)
                .putArray("covers")
                .add("index/a");

        assertThat(ledger("leases", one)).isZero();
        assertThat(ledger("claims", one)).isZero();
        assertThat(ledger("intents", one)).isZero();

        assertThat(out.toString())
                .contains("node/updater/1  updater  17     10.0 s  6.5 s      2026-01-02T03:04:05Z")
                .contains("collection  node/updater/1  18     17")
                .contains("publish  pending, orphaned  evil?[2J writer  node/updater/1  19     1");
    }

    @Test
    void aReadGoesOnToTheNextMemberWhenOneHasNoLeader() throws IOException {
        FakeMember cutOff = member("one", "candidate");
        cutOff.problem(503, "NO_LEADER");
        FakeMember two = member("two", "leader");
        two.list("counters").addObject().put("name", "hits").put("value", 3);

        assertThat(ledger("counters", cutOff, two)).isZero();

        assertThat(out.toString()).contains("hits  3");
    }

    @Test
    void withoutALeaderTheFailureSaysWhatToDo() throws IOException {
        FakeMember one = member("one", "candidate");
        one.problem(503, "NO_LEADER");

        assertThat(ledger("counters", one)).isEqualTo(3);
        assertThat(err.toString()).contains("no leader", "start those that are down", "--stale");

        assertThat(ledger("counters", "--json", one)).isEqualTo(3);
        assertThat(out.toString()).contains("\"code\":\"NO_LEADER\"", "\"exit_code\":3");
    }

    @Test
    void aChangeWhoseOutcomeIsUnknownIsNotAskedForTwice() throws IOException {
        FakeMember one = member("one", "leader");
        one.problem(503, "OUTCOME_UNKNOWN");
        FakeMember two = member("two", "follower");

        assertThat(ledger("members", "add", "four", one, two)).isEqualTo(3);

        assertThat(err.toString()).contains("It may be done or not", "vsekai ledger members");
        assertThat(two.asked).isEmpty();
    }

    @Test
    void aChangeThatAMemberCertainlyDidNotMakeIsAskedForAtTheNext() throws IOException {
        FakeMember cutOff = member("one", "candidate");
        cutOff.problem(503, "NO_LEADER");
        FakeMember two = member("two", "leader");

        assertThat(run(
                        "ledger",
                        "members",
                        "add",
                        "four",
                        "--token",
                        TOKEN,
                        "--ledger",
                        nobody() + "," + cutOff.url() + "," + two.url()))
                .isZero();
        assertThat(ledger("members", "remove", "four/../one", two)).isZero();

        assertThat(two.asked).containsExactly("POST members {\"id\":\"four\"}", "DELETE members/four%2F..%2Fone");
        assertThat(out.toString()).contains("four votes now", "four/../one has no vote any more");
    }

    @Test
    void membersAreListedAsTheLeaderKnowsThem() throws IOException {
        FakeMember two = member("two", "follower");
        FakeMember one = member("one", "leader");
        one.peer("two", 990, 10);

        assertThat(ledger("members", two, one)).isZero();

        assertThat(out.toString()).contains("one     leader  1000  0", "two     -       990   10");
    }

    @Test
    void snapshotsAreMadeByEveryMemberNamed() throws IOException {
        FakeMember one = member("one", "leader");

        assertThat(run("ledger", "snapshot", "--token", TOKEN, "--ledger", one.url() + "," + nobody()))
                .isEqualTo(3);

        assertThat(one.asked).containsExactly("POST snapshot ");
        assertThat(out.toString()).contains(one.url() + " has a snapshot at index 1000", "gives no answer");
    }

    @Test
    void aWrongTokenIsRefusedAndAMissingAddressIsNamed() throws IOException {
        FakeMember one = member("one", "leader");

        assertThat(run("ledger", "status", "--token", "wrong", "--ledger", one.url()))
                .isEqualTo(7);
        assertThat(run("ledger", "status", "--token", TOKEN)).isEqualTo(2);
        assertThat(err.toString()).contains("--ledger URL[,URL]", "VSEKAI_LEDGER");
        assertThat(run("ledger", "status", "--token", TOKEN, "--ledger", "host:1"))
                .isEqualTo(2);
    }

    @Test
    void whatIsNoLedgerIsToldApartFromOneThatIsDown() throws IOException {
        FakeMember one = member("one", "leader");
        one.status.removeAll();

        assertThat(ledger("status", one)).isEqualTo(4);

        assertThat(err.toString()).contains("is no member's status");
    }

    private int ledger(Object... wordsAndMembers) {
        List<String> words = new ArrayList<>(List.of("ledger"));
        Stream.of(wordsAndMembers)
                .filter(String.class::isInstance)
                .map(String.class::cast)
                .forEach(words::add);
        words.addAll(List.of(
                "--token",
                TOKEN,
                "--ledger",
                Stream.of(wordsAndMembers)
                        .filter(FakeMember.class::isInstance)
                        .map(member -> ((FakeMember) member).url())
                        .collect(Collectors.joining(","))));
        return run(words.toArray(String[]::new));
    }

    private int run(String... words) {
        return Vsekai.commandLine(words)
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(words);
    }

    /** An address at which nobody listens. */
    private static String nobody() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return "http://127.0.0.1:" + socket.getLocalPort() + "/";
        }
    }

    private FakeMember member(String id, String role) throws IOException {
        FakeMember member = new FakeMember(id, role);
        started.add(member);
        return member;
    }

    /** A server that answers what the test put into it, in pages, and notes down what it is asked. */
    private static final class FakeMember implements AutoCloseable {
        final ObjectNode status;
        final List<String> asked = new CopyOnWriteArrayList<>();
        private final Map<String, ArrayNode> lists = new TreeMap<>();
        private final HttpServer server;
        private volatile String problem = "";

        FakeMember(String id, String role) throws IOException {
            status = JSON.createObjectNode()
                    .put("id", id)
                    .put("role", role)
                    .put("term", 7)
                    .put("leader", "one")
                    .put("commit_index", 1000)
                    .put("last_index", 1000)
                    .put("applied_index", 1000)
                    .put("snapshot_index", 900)
                    .put("log_bytes", 64 << 20)
                    .put("counter_count", 3)
                    .put("lease_count", 2)
                    .put("claim_count", 1)
                    .put("pending_intent_count", 0)
                    .put("remembered_request_count", 5)
                    .put("fsyncs", 4)
                    .put("fsync_nanos", 2_000_000);
            status.putArray("members").add("one").add("two");
            status.putArray("peers");
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
            server.createContext("/api/v1/ledger/", this::handle);
            server.start();
        }

        String url() {
            return "http://127.0.0.1:" + server.getAddress().getPort() + "/";
        }

        void peer(String id, long match, long lag) {
            status.withArray("peers")
                    .addObject()
                    .put("id", id)
                    .put("match_index", match)
                    .put("lag", lag);
        }

        ArrayNode list(String what) {
            return lists.computeIfAbsent(what, key -> JSON.createArrayNode());
        }

        void problem(int status, String code) {
            problem = "{\"status\":" + status + ",\"code\":\"" + code + "\",\"detail\":\"as the test wants it\"}";
        }

        private void handle(HttpExchange exchange) throws IOException {
            try (exchange) {
                if (!("Bearer " + TOKEN).equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
                    answer(exchange, 401, "{\"code\":\"UNAUTHENTICATED\"}");
                    return;
                }
                String what = exchange.getRequestURI().toString().substring("/api/v1/ledger/".length());
                String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
                String method = exchange.getRequestMethod();
                asked.add(method + " " + what + (method.equals("POST") ? " " + body : ""));
                if (!problem.isEmpty()) {
                    answer(exchange, 503, problem);
                } else if (what.equals("status") || what.startsWith("members")) {
                    answer(exchange, 200, status.toString());
                } else if (what.equals("snapshot")) {
                    answer(exchange, 200, "{\"snapshot_index\":1000}");
                } else {
                    page(exchange, exchange.getRequestURI().getPath().replaceFirst(".*/", ""));
                }
            }
        }

        private void page(HttpExchange exchange, String what) throws IOException {
            Map<String, String> query = Stream.of(
                            exchange.getRequestURI().getRawQuery().split("&"))
                    .map(parameter -> parameter.split("=", 2))
                    .collect(Collectors.toMap(parameter -> parameter[0], parameter -> parameter[1], (one, two) -> one));
            int from = Integer.parseInt(query.getOrDefault("after", "0"));
            int to = Math.min(lists.get(what).size(), from + Integer.parseInt(query.get("limit")));
            ObjectNode page = JSON.createObjectNode();
            ArrayNode items = page.putArray("items");
            for (int i = from; i < to; i++) {
                items.add(lists.get(what).get(i));
            }
            if (to < lists.get(what).size()) {
                page.put("next", Integer.toString(to));
            }
            answer(exchange, 200, page.toString());
        }

        private static void answer(HttpExchange exchange, int status, String json) throws IOException {
            byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
        }

        @Override
        public void close() {
            server.stop(0);
        }
    }
}
