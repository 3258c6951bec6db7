package org.vsekai.nebula.launcher.config;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.CharConversionException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.casync.durable.DurableFiles;
import org.vsekai.nebula.launcher.FolderException;
import org.vsekai.nebula.launcher.LocalStorageException;

/**
 * The user's own settings, {@code config.json} with the optional texts {@code server}, {@code mode} and {@code region}. It lies
 * in {@code VSEKAI_CONFIG_HOME} if that is set, else in the platform's place for configuration ({@code $XDG_CONFIG_HOME/vsekai},
 * {@code %APPDATA%\\vsekai}, {@code ~/Library/Application Support/vsekai}). Not thread-safe.
 */
public final class UserConfig {
    /** The mode of a user who never chose one. */
    public static final String DEFAULT_MODE = "stable";

    private static final long SIZE_LIMIT = 64 << 10;
    private static final JsonMapper JSON = new JsonMapper();

    private final Path file;

    public UserConfig(Path folder) {
        this.file = folder.resolve("config.json");
    }

    /** @param environment the process environment */
    public static UserConfig ofUser(Map<String, String> environment) {
        return new UserConfig(folder(
                environment,
                System.getProperty("os.name"),
                UserHome.of(environment).toString()));
    }

    static Path folder(Map<String, String> environment, String system, String home) {
        UnaryOperator<@Nullable String> nonEmpty = value -> value == null || value.isEmpty() ? null : value;
        String own = nonEmpty.apply(environment.get("VSEKAI_CONFIG_HOME"));
        if (own != null) {
            return Path.of(own);
        }
        if (system.startsWith("Windows")) {
            String roaming = nonEmpty.apply(environment.get("APPDATA"));
            return (roaming == null ? Path.of(home, "AppData", "Roaming") : Path.of(roaming)).resolve("vsekai");
        }
        if (system.startsWith("Mac")) {
            return Path.of(home, "Library", "Application Support", "vsekai");
        }
        String xdg = nonEmpty.apply(environment.get("XDG_CONFIG_HOME"));
        return (xdg == null ? Path.of(home, ".config") : Path.of(xdg)).resolve("vsekai");
    }

    public Path file() {
        return file;
    }

    public Optional<String> findServer() {
        return find("server");
    }

    public Optional<String> findRegion() {
        return find("region");
    }

    public Optional<String> findMode() {
        return find("mode");
    }

    /** Keeps everything else that the file holds. */
    public void setMode(String mode) {
        ObjectNode settings = read();
        settings.put("mode", mode);
        try {
            DurableFiles.createFolders(DurableFiles.folderOf(file));
            DurableFiles.replace(
                    file, out -> out.write((settings.toPrettyString() + "\n").getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new LocalStorageException(file.toString(), "cannot write: " + e.getMessage(), e);
        }
    }

    private Optional<String> find(String name) {
        JsonNode value = read().path(name);
        if (value.isMissingNode() || value.isNull()) {
            return Optional.empty();
        }
        if (!value.isTextual()) {
            throw new FolderException(
                    file.toString(), "'" + name + "' must be a text; correct or delete the file", null);
        }
        return Optional.of(value.textValue());
    }

    private ObjectNode read() {
        try {
            if (Files.size(file) > SIZE_LIMIT) {
                throw new FolderException(file.toString(), "is too large to be the launcher's configuration", null);
            }
            if (JSON.readTree(Files.readAllBytes(file)) instanceof ObjectNode settings) {
                return settings;
            }
            throw new FolderException(file.toString(), "holds no JSON object; correct or delete it", null);
        } catch (NoSuchFileException e) {
            return JSON.createObjectNode();
        } catch (JacksonException | CharConversionException e) {
            throw new FolderException(file.toString(), "is not valid JSON; correct or delete it", e);
        } catch (IOException e) {
            throw new LocalStorageException(file.toString(), "cannot read: " + e.getMessage(), e);
        }
    }
}
