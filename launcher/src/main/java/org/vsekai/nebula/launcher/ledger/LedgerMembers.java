package org.vsekai.nebula.launcher.ledger;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.net.ConnectException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.function.Function;
import org.vsekai.nebula.launcher.BadAnswerException;
import org.vsekai.nebula.launcher.LedgerUnavailableException;
import org.vsekai.nebula.launcher.UnavailableException;
import org.vsekai.nebula.launcher.http.Http;
import org.vsekai.nebula.launcher.http.ServiceAddresses;

/**
 * Members of the ledger, asked in the order in which they were named until one answers. A change is asked for at a second one
 * only if the first certainly did nothing. Stateless but for the connection.
 */
public final class LedgerMembers {
    private static final int PAGE = 1000;
    private static final String NO_LEADER = "NO_LEADER";

    private final Http http;
    private final List<URI> members;
    private final String token;

    /**
     * @param http makes one attempt at each call: the other members are the further ones
     * @param members HTTP addresses, each with a trailing slash; at least one
     * @param token an operator's
     */
    public LedgerMembers(Http http, List<URI> members, String token) {
        if (members.isEmpty()) {
            throw new IllegalArgumentException("name at least one member");
        }
        this.http = http;
        this.members = List.copyOf(members);
        this.token = token;
    }

    /** What came of asking one member. */
    public sealed interface Outcome {
        /** The member asked. */
        URI address();
    }

    /** @param json what it says */
    public record Answered(URI address, JsonNode json) implements Outcome {}

    /** @param reason why there is no answer */
    public record Silent(URI address, String reason) implements Outcome {}

    /**
     * The first entries of a list.
     *
     * @param complete whether there are no more
     */
    public record Listing(List<JsonNode> items, boolean complete) {
        public Listing {
            items = List.copyOf(items);
        }
    }

    /** What each of the members knows of itself. */
    public List<Outcome> statusOfEach() {
        return ofEach(this::statusOf);
    }

    /** What the leader knows, or where no leader is among the members named, the first that answers. */
    public JsonNode status() {
        List<JsonNode> statuses = new ArrayList<>();
        StringJoiner reasons = new StringJoiner("; ");
        for (Outcome outcome : statusOfEach()) {
            switch (outcome) {
                case Answered(var address, var json) -> statuses.add(json);
                case Silent(var address, var reason) -> reasons.add(address + " " + reason);
            }
        }
        return statuses.stream()
                .filter(status -> status.path("role").asText().equals("leader"))
                .findFirst()
                .or(() -> statuses.stream().findFirst())
                .orElseThrow(() -> LedgerUnavailableException.noAnswer(reasons.toString(), null));
    }

    private JsonNode statusOf(URI member) {
        URI question = resource(member, "status");
        return status(question, http.getJson(question, token));
    }

    /** Has each of the members write a snapshot; the answers hold {@code snapshot_index}. */
    public List<Outcome> snapshotOfEach() {
        return ofEach(member -> {
            URI order = resource(member, "snapshot");
            JsonNode answer = http.call("POST", order, token);
            if (!answer.path("snapshot_index").canConvertToLong()) {
                throw new BadAnswerException(order.toString(), "answered without the snapshot's index", null);
            }
            return answer;
        });
    }

    private List<Outcome> ofEach(Function<URI, JsonNode> call) {
        List<Outcome> outcomes = new ArrayList<>();
        for (URI member : members) {
            try {
                outcomes.add(new Answered(member, call.apply(member)));
            } catch (UnavailableException e) {
                outcomes.add(new Silent(member, e.reason()));
            }
        }
        return outcomes;
    }

    /**
     * Reads a list page by page, all of it from one member.
     *
     * @param what {@code counters}, {@code leases}, {@code claims} or {@code intents}
     * @param filters query parameters, values not yet encoded
     * @param limit entries at most
     */
    public Listing list(String what, Map<String, String> filters, int limit) {
        return first(member -> {
            StringJoiner query = new StringJoiner("&", "?", "").add("limit=" + Math.min(PAGE, limit));
            filters.forEach((name, value) -> query.add(name + "=" + ServiceAddresses.segment(value)));
            List<JsonNode> items = new ArrayList<>();
            String after = "";
            while (true) {
                URI question = resource(member, what + query + after);
                JsonNode answer = http.getJson(question, token);
                if (!answer.path("items").isArray()) {
                    throw new BadAnswerException(question.toString(), "answered without a list", null);
                }
                for (JsonNode item : answer.path("items")) {
                    if (items.size() == limit) {
                        return new Listing(items, false);
                    }
                    items.add(item);
                }
                JsonNode next = answer.path("next");
                if (!next.isTextual() || answer.path("items").isEmpty()) {
                    return new Listing(items, true);
                }
                if (items.size() == limit) {
                    return new Listing(items, false);
                }
                after = "&after=" + ServiceAddresses.segment(next.textValue());
            }
        });
    }

    /** Makes {@code id} one of those that vote; answers the status of the member that did it. */
    public JsonNode add(String id) {
        return change(member -> {
            URI order = resource(member, "members");
            return status(
                    order,
                    http.post(
                                    order,
                                    token,
                                    JsonNodeFactory.instance.objectNode().put("id", id))
                            .json());
        });
    }

    /** Takes the vote from {@code id}; answers the status of the member that did it. */
    public JsonNode remove(String id) {
        return change(member -> {
            URI order = resource(member, "members/" + ServiceAddresses.segment(id));
            return status(order, http.call("DELETE", order, token));
        });
    }

    private static JsonNode status(URI asked, JsonNode json) {
        if (!json.path("id").isTextual()
                || !json.path("role").isTextual()
                || !json.path("members").isArray()) {
            throw new BadAnswerException(asked.toString(), "answered with something that is no member's status", null);
        }
        return json;
    }

    private <T> T first(Function<URI, T> call) {
        return inTurn(call, failure -> true);
    }

    private <T> T change(Function<URI, T> call) {
        return inTurn(
                call, failure -> failure.problem().equals(NO_LEADER) || failure.getCause() instanceof ConnectException);
    }

    /** @param harmless tells from a failure that nothing was done */
    private <T> T inTurn(Function<URI, T> call, Function<UnavailableException, Boolean> harmless) {
        List<UnavailableException> failures = new ArrayList<>();
        for (URI member : members) {
            try {
                return call.apply(member);
            } catch (UnavailableException e) {
                if (!harmless.apply(e)) {
                    throw LedgerUnavailableException.outcomeUnknown(e.url() + ": " + e.reason(), e);
                }
                failures.add(e);
            }
        }
        StringJoiner reasons = new StringJoiner("; ");
        failures.forEach(failure -> reasons.add(failure.url() + " " + failure.reason()));
        throw failures.stream().anyMatch(failure -> failure.problem().equals(NO_LEADER))
                ? LedgerUnavailableException.noLeader(reasons.toString(), failures.getLast())
                : LedgerUnavailableException.noAnswer(reasons.toString(), failures.getLast());
    }

    private static URI resource(URI member, String path) {
        return member.resolve("api/v1/ledger/" + path);
    }
}
