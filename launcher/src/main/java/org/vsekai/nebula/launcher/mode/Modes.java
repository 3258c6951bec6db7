package org.vsekai.nebula.launcher.mode;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.vsekai.nebula.launcher.BadAnswerException;
import org.vsekai.nebula.launcher.http.Http;
import org.vsekai.nebula.launcher.http.ServiceAddresses;

/** The updater's modes. Stateless but for the connection. */
public final class Modes {
    private static final int PAGE = 1000;
    private static final int PAGES_LIMIT = 100;

    private final Http http;
    private final URI updater;

    public Modes(Http http, URI updater) {
        this.http = http;
        this.updater = updater;
    }

    /** In the server's order. */
    public List<Mode> list() {
        List<Mode> modes = new ArrayList<>();
        String after = "";
        for (int page = 0; page < PAGES_LIMIT; page++) {
            URI question = updater.resolve("api/v1/modes?limit=" + PAGE + after);
            JsonNode answer = http.getJson(question);
            if (!answer.path("items").isArray()) {
                throw new BadAnswerException(question.toString(), "answered without a list of modes", null);
            }
            answer.path("items").forEach(item -> modes.add(mode(question, item)));
            if (!answer.path("next").isTextual()) {
                return modes;
            }
            after = "&after=" + ServiceAddresses.segment(answer.path("next").textValue());
        }
        throw new BadAnswerException(updater.toString(), "lists modes without end", null);
    }

    public Optional<Mode> find(String name) {
        URI question = resource(name);
        return http.findJson(question).map(answer -> mode(question, answer));
    }

    /** @param token a publisher's */
    public void create(String name, String token) {
        http.post(
                updater.resolve("api/v1/modes"),
                token,
                JsonNodeFactory.instance.objectNode().put("name", name));
    }

    private URI resource(String name) {
        return updater.resolve("api/v1/modes/" + ServiceAddresses.segment(name));
    }

    private static Mode mode(URI question, JsonNode json) {
        if (!json.path("name").isTextual()) {
            throw new BadAnswerException(question.toString(), "answered with a mode that has no name", null);
        }
        return new Mode(
                json.path("name").textValue(),
                json.path("is_active").asBoolean(true),
                json.path("update_to").asText(""));
    }
}
