package org.vsekai.nebula.launcher.chunks;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.vsekai.nebula.casync.store.WritableStore;
import org.vsekai.nebula.launcher.console.GlobalOptions;
import org.vsekai.nebula.launcher.progress.TerminalText;
import picocli.CommandLine.Model.CommandSpec;

/** Puts chunks that a store lacks into it, and counts. Thread-safe. */
final class Transfer {
    private final LongAdder present = new LongAdder();
    private final LongAdder stored = new LongAdder();
    private final LongAdder storedBytes = new LongAdder();

    /** Gets a chunk's stored form, verified. */
    @FunctionalInterface
    interface Origin {
        byte[] getStored() throws IOException;
    }

    void put(WritableStore target, NamedChunk chunk, Origin origin) throws IOException {
        if (!target.has(chunk.id())) {
            byte[] bytes = origin.getStored();
            if (target.put(chunk.id(), bytes)) {
                stored.increment();
                storedBytes.add(bytes.length);
                return;
            }
        }
        present.increment();
    }

    void report(GlobalOptions global, CommandSpec command) {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("chunks", present.sum() + stored.sum());
        figures.put("present_chunks", present.sum());
        figures.put("stored_chunks", stored.sum());
        figures.put("stored_bytes", storedBytes.sum());
        global.complete(
                command,
                "%d chunks: %d were there, %d (%s) stored"
                        .formatted(
                                present.sum() + stored.sum(),
                                present.sum(),
                                stored.sum(),
                                TerminalText.bytes(storedBytes.sum())),
                figures);
    }
}
