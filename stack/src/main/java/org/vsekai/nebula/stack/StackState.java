package org.vsekai.nebula.stack;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a running stack tells other commands, in the file {@code state.json} of its data folder. The file is replaced as a whole
 * at each change and removed when the stack ends; if its supervisor was killed it stays, and names what is left to stop.
 *
 * @param layout which processes there are
 * @param ready whether every service has been ready since the start
 * @param services the child processes by the service's title, and those of the cache
 * @param urls the HTTP base of each service by its title
 */
record StackState(
        int portBase,
        Layout layout,
        boolean ready,
        ProcessRecord supervisor,
        Map<String, ProcessRecord> services,
        Map<String, URI> urls) {
    private static final ObjectMapper JSON = JsonMapper.builder().build();

    StackState {
        services = new TreeMap<>(services);
        urls = new TreeMap<>(urls);
    }

    static Optional<StackState> find(Path file) {
        try {
            return Optional.of(JSON.readValue(Files.readAllBytes(file), StackState.class));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new StackException(
                    "The state file " + file + " cannot be read: " + e.getMessage() + ". If no stack runs, delete it.",
                    e);
        }
    }

    void write(Path file) {
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        try {
            Files.write(fresh, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(this));
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new StackException("The state file " + file + " cannot be written: " + e.getMessage(), e);
        }
    }
}
