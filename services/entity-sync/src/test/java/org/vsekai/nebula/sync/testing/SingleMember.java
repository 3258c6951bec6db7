package org.vsekai.nebula.sync.testing;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.vsekai.nebula.kit.testing.TestTokens;

/** A ledger of one member, in a folder of its own, and a token for every role. */
public final class SingleMember implements QuarkusTestResourceLifecycleManager {
    private Path folder;

    @Override
    public Map<String, String> start() {
        try {
            folder = Files.createTempDirectory("nebula-ledger-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Map<String, String> config = new HashMap<>(TestTokens.config());
        config.put("nebula.entity-sync.role", "ledger");
        config.put("nebula.entity-sync.ledger.folder", folder.resolve("log").toString());
        config.put("nebula.entity-sync.ledger.bind-port", String.valueOf(MemberProcess.freePort()));
        return config;
    }

    @Override
    public void stop() {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
