package org.vsekai.nebula.launcher.update;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.launcher.BadAnswerException;
import org.vsekai.nebula.launcher.version.SemanticVersion;

/**
 * What the updater says that a folder should become.
 *
 * @param mode to be in afterwards
 * @param target null if there is nothing to go to
 * @param reason for people
 */
record UpdateAnswer(String mode, @Nullable Target target, String reason) {

    /**
     * @param manifest absolute; its last segment is the file's name by digest
     * @param index likewise
     */
    record Target(SemanticVersion version, NamedFile manifest, NamedFile index) {}

    Optional<Target> findTarget() {
        return Optional.ofNullable(target);
    }

    static UpdateAnswer parse(URI question, JsonNode json) {
        String action = text(question, json, "action");
        String mode = text(question, json, "mode");
        String reason = json.path("reason").asText("");
        return switch (action) {
            case "none" -> new UpdateAnswer(mode, null, reason);
            case "install", "update", "switch" ->
                json.path("version").isTextual()
                        ? new UpdateAnswer(mode, target(question, json), reason)
                        : new UpdateAnswer(mode, null, reason);
            default ->
                throw new BadAnswerException(
                        question.toString(), "answered with the unknown action '" + action + "'", null);
        };
    }

    private static Target target(URI question, JsonNode json) {
        try {
            return new Target(
                    SemanticVersion.parse(text(question, json, "version")),
                    NamedFile.of(NamedFile.Kind.MANIFEST, text(question, json, "manifest")),
                    NamedFile.of(NamedFile.Kind.INDEX, text(question, json, "index")));
        } catch (IllegalArgumentException e) {
            throw new BadAnswerException(question.toString(), "answered with " + e.getMessage(), e);
        }
    }

    private static String text(URI question, JsonNode json, String field) {
        JsonNode value = json.path(field);
        if (!value.isTextual()) {
            throw new BadAnswerException(question.toString(), "answered without '" + field + "'", null);
        }
        return value.textValue();
    }
}
