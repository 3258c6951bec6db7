package org.vsekai.nebula.launcher.http;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.vsekai.nebula.launcher.BadAnswerException;

/**
 * Where the services are, each with a trailing slash. A user knows the updater; it tells the others.
 */
public record ServiceAddresses(URI updater, URI cdnRegistry, URI assetStore) {
    /** Asks the updater at {@code server}. */
    public static ServiceAddresses find(Http http, URI server) {
        URI question = server.resolve("api/v1/endpoints");
        JsonNode answer = http.getJson(question);
        return new ServiceAddresses(
                server, address(question, answer, "cdn_registry"), address(question, answer, "asset_store"));
    }

    private static URI address(URI question, JsonNode answer, String field) {
        JsonNode value = answer.path(field);
        try {
            return base(value.isTextual() ? value.textValue() : "");
        } catch (IllegalArgumentException e) {
            throw new BadAnswerException(
                    question.toString(),
                    "'" + field + "' is no http or https address; the server is set up wrongly",
                    e);
        }
    }

    /**
     * An address below which other paths are resolved.
     *
     * @throws IllegalArgumentException if it is not absolute http or https, or carries a query or credentials
     */
    public static URI base(String text) {
        try {
            URI uri = new URI(text.endsWith("/") ? text : text + "/");
            String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
            if (!(scheme.equals("http") || scheme.equals("https"))
                    || uri.getHost() == null
                    || uri.getRawUserInfo() != null
                    || uri.getRawQuery() != null
                    || uri.getRawFragment() != null) {
                throw new IllegalArgumentException("'" + text + "' is not an address such as https://updates.example/");
            }
            return uri;
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("'" + text + "' is not an address such as https://updates.example/", e);
        }
    }

    /** A name as one segment of a path; {@code ..} too, which would lead out of it. */
    public static String segment(String name) {
        String segment = URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
        return segment.equals(".") || segment.equals("..") ? segment.replace(".", "%2E") : segment;
    }

    /** The updater's resource for a mode. */
    public URI mode(String mode) {
        return updater.resolve("api/v1/modes/" + segment(mode));
    }

    /** The updater's resource for something of a mode. */
    public URI ofMode(String mode, String path) {
        return updater.resolve("api/v1/modes/" + segment(mode) + "/" + path);
    }
}
