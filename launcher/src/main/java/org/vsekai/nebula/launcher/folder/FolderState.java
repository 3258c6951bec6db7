package org.vsekai.nebula.launcher.folder;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.CharConversionException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.casync.durable.DurableFiles;
import org.vsekai.nebula.launcher.FolderException;
import org.vsekai.nebula.launcher.version.SemanticVersion;

/**
 * {@code .vsekai/state.json}: what is installed in a folder and how its last update went.
 *
 * @param installed null before the first version is complete
 * @param update null before the first update begins
 */
public record FolderState(
        @Nullable Installed installed, @Nullable UpdateStatus update) {
    /** A folder that the launcher has not touched. */
    public static final FolderState UNTOUCHED = new FolderState(null, null);

    private static final String FILE = "state.json";
    private static final int SCHEMA = 1;
    private static final long SIZE_LIMIT = 64 << 10;
    private static final JsonMapper JSON = new JsonMapper();

    /**
     * A complete version.
     *
     * @param tree told apart from every other tree that was ever built, also of the same version
     * @param index file name on the servers, {@code {sha256}.caidx}
     * @param manifest file name on the servers, {@code {sha256}.json}
     */
    public record Installed(UUID tree, String mode, SemanticVersion version, String index, String manifest) {}

    /**
     * @param state the label of the last {@link org.vsekai.nebula.launcher.state.UpdateState}
     * @param step the label of the step being done or the last one begun; empty before the first
     * @param target the version that the update leads to, as {@code mode version}; empty if there is none
     * @param error null if the update goes on or went well
     */
    public record UpdateStatus(
            String state,
            String step,
            String target,
            @Nullable Failure error,
            Instant at) {}

    /** Why an update ended. */
    public record Failure(String code, String message) {}

    public FolderState withUpdate(UpdateStatus status) {
        return new FolderState(installed, status);
    }

    public Optional<Installed> findInstalled() {
        return Optional.ofNullable(installed);
    }

    /**
     * @param records the folder's {@code .vsekai}
     * @return {@link #UNTOUCHED} if there is no state
     * @throws FolderException if what is there is not a state
     */
    public static FolderState read(Path records) throws IOException {
        Path file = records.resolve(FILE);
        try {
            if (Files.size(file) > SIZE_LIMIT) {
                throw unreadable(file, null);
            }
            JsonNode json = JSON.readTree(Files.readAllBytes(file));
            if (json.path("schema").asInt() != SCHEMA) {
                throw unreadable(file, null);
            }
            return new FolderState(installed(json.path("installed")), update(json.path("update")));
        } catch (NoSuchFileException | NotDirectoryException e) {
            return UNTOUCHED;
        } catch (JacksonException
                | CharConversionException
                | IllegalArgumentException
                | java.time.DateTimeException e) {
            throw unreadable(file, e);
        }
    }

    private static @Nullable Installed installed(JsonNode json) {
        return json.isObject()
                ? new Installed(
                        UUID.fromString(text(json, "tree")),
                        text(json, "mode"),
                        SemanticVersion.parse(text(json, "version")),
                        fileName(text(json, "index"), "caidx"),
                        fileName(text(json, "manifest"), "json"))
                : null;
    }

    private static @Nullable UpdateStatus update(JsonNode json) {
        if (!json.isObject()) {
            return null;
        }
        JsonNode error = json.path("error");
        return new UpdateStatus(
                text(json, "state"),
                text(json, "step"),
                text(json, "target"),
                error.isObject() ? new Failure(text(error, "code"), text(error, "message")) : null,
                Instant.parse(text(json, "at")));
    }

    private static String fileName(String name, String extension) {
        if (!name.matches("[0-9a-f]{64}\\." + extension)) {
            throw new IllegalArgumentException("not a file name by digest: " + name);
        }
        return name;
    }

    private static String text(JsonNode json, String field) {
        JsonNode value = json.path(field);
        if (!value.isTextual()) {
            throw new IllegalArgumentException("'" + field + "' is not a text");
        }
        return value.textValue();
    }

    private static FolderException unreadable(Path file, @Nullable Exception cause) {
        return new FolderException(
                file.toString(),
                "is damaged; delete it and update to install the version anew, your files stay",
                cause);
    }

    /** Replaces the state in one step. */
    public void write(Path records) throws IOException {
        ObjectNode json = JSON.createObjectNode();
        json.put("schema", SCHEMA);
        if (installed != null) {
            json.putObject("installed")
                    .put("tree", installed.tree.toString())
                    .put("mode", installed.mode)
                    .put("version", installed.version.text())
                    .put("index", installed.index)
                    .put("manifest", installed.manifest);
        }
        if (update != null) {
            ObjectNode status = json.putObject("update")
                    .put("state", update.state)
                    .put("step", update.step)
                    .put("target", update.target)
                    .put("at", update.at.toString());
            if (update.error != null) {
                status.putObject("error").put("code", update.error.code).put("message", update.error.message);
            }
        }
        DurableFiles.replace(
                records.resolve(FILE),
                out -> out.write((json.toPrettyString() + "\n").getBytes(StandardCharsets.UTF_8)));
    }
}
