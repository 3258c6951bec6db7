package org.vsekai.nebula.launcher.chunks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import org.vsekai.nebula.casync.chunk.ChunkId;
import org.vsekai.nebula.casync.index.ChunkIndex;
import org.vsekai.nebula.casync.store.LocalChunkStore;
import org.vsekai.nebula.casync.store.ManagedStore;
import org.vsekai.nebula.casync.store.ManagedStore.StoredChunk;
import org.vsekai.nebula.casync.store.ReadableStore;
import org.vsekai.nebula.launcher.console.GlobalOptions;
import org.vsekai.nebula.launcher.progress.Meter;
import org.vsekai.nebula.launcher.progress.ProgressEvent.Noted;
import org.vsekai.nebula.launcher.progress.ProgressListener;
import org.vsekai.nebula.launcher.progress.TerminalText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code chunks prune -s STORE [--yes] INDEX...}. */
@Command(
        name = "prune",
        mixinStandardHelpOptions = true,
        description = {
            "Removes the chunks that none of the indexes names from STORE, and what broken runs have left in it.",
            "Without --yes it only says what it would remove. Give every index that is still needed, and run it while"
                    + " nothing is being stored: what a run that is under way counts on is not named by any index yet"
                    + " (or leave that alone with --min-age)."
        },
        footer = {
            "",
            "Examples:",
            "  vsekai chunks prune -s /srv/store current.caibx previous.caibx",
            "  vsekai chunks prune -s /srv/store --yes current.caibx previous.caibx"
        })
final class PruneCommand implements Callable<Integer> {
    private static final int SHOWN = 20;
    private static final Duration BROKEN_RUN = Duration.ofDays(1);

    @Spec
    private CommandSpec command = CommandSpec.create();

    @Option(
            names = {"-s", "--store"},
            paramLabel = "STORE",
            required = true,
            description = "The store; one that can list its chunks, as a folder can.")
    private String store = "";

    @Option(
            names = {"-y", "--yes"},
            description = "Remove them.")
    private boolean yes;

    @Option(
            names = "--min-age",
            paramLabel = "HOURS",
            defaultValue = "0",
            description = "Leave alone what was stored in the last HOURS hours. Default: ${DEFAULT-VALUE}.")
    private int minAgeHours;

    @Mixin
    private Concurrency concurrency = new Concurrency();

    @Mixin
    private StoreAccess access = new StoreAccess();

    @Parameters(arity = "1..*", paramLabel = "INDEX", description = "The indexes; - for standard input.")
    private List<String> indexes = new ArrayList<>();

    private final Clock clock = Clock.systemUTC();

    @Override
    public Integer call() throws IOException {
        if (minAgeHours < 0) {
            throw new ParameterException(command.commandLine(), "--min-age must not be negative");
        }
        Set<ChunkId> named = named();
        try (ReadableStore opened = access.open(store)) {
            if (!(opened instanceof ManagedStore managed)) {
                throw new ParameterException(
                        command.commandLine(), opened.name() + " cannot list its chunks; prune it where they lie");
            }
            if (managed instanceof LocalChunkStore local && !Files.isDirectory(Path.of(local.name()))) {
                throw new NotDirectoryException(local.name());
            }
            prune(managed, named);
        }
        return 0;
    }

    private Set<ChunkId> named() throws IOException {
        Set<ChunkId> named = new HashSet<>();
        for (String name : indexes) {
            ChunkIndex index = IndexFile.read(name);
            for (int i = 0; i < index.chunkCount(); i++) {
                named.add(index.id(i));
            }
        }
        return named;
    }

    private void prune(ManagedStore managed, Set<ChunkId> named) throws IOException {
        GlobalOptions global = GlobalOptions.of(command);
        ProgressListener listener = global.listener(command);
        Instant newest = clock.instant().minus(Duration.ofHours(minAgeHours));
        List<StoredChunk> unnamed = new ArrayList<>();
        long kept = 0;
        try (Stream<StoredChunk> all = managed.list()) {
            for (StoredChunk chunk : (Iterable<StoredChunk>) all::iterator) {
                if (named.contains(chunk.id())
                        || (minAgeHours > 0 && chunk.lastModified().isAfter(newest))) {
                    kept++;
                } else {
                    unnamed.add(chunk);
                }
            }
        }
        unnamed.sort((one, other) -> one.id().compareTo(other.id()));
        long bytes = unnamed.stream().mapToLong(StoredChunk::storedBytes).sum();
        unnamed.stream()
                .limit(SHOWN)
                .forEach(chunk -> listener.on(new Noted((yes ? "remove " : "would remove ") + chunk.id())));
        if (unnamed.size() > SHOWN) {
            listener.on(new Noted("... and %d more".formatted(unnamed.size() - SHOWN)));
        }
        LongAdder removed = new LongAdder();
        int temporaries = 0;
        if (yes) {
            Meter meter = new Meter(listener, "prune", bytes);
            BoundedWork.forEach(concurrency.forStores(), unnamed, chunk -> {
                if (managed.remove(chunk.id())) {
                    removed.increment();
                }
                meter.accept(chunk.storedBytes());
            });
            if (managed instanceof LocalChunkStore local) {
                temporaries = local.pruneTemporaries(clock.instant().minus(BROKEN_RUN));
            }
        }
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("kept_chunks", kept);
        figures.put("unnamed_chunks", unnamed.size());
        figures.put("unnamed_bytes", bytes);
        figures.put("removed_chunks", removed.sum());
        figures.put("removed_temporaries", temporaries);
        figures.put("ids", unnamed.stream().map(chunk -> chunk.id().toString()).toList());
        String found = "%d chunks (%s) are named by no index, %d are kept"
                .formatted(unnamed.size(), TerminalText.bytes(bytes), kept);
        global.complete(
                command,
                yes
                        ? "%s; %d removed, with %d left by broken runs".formatted(found, removed.sum(), temporaries)
                        : found + "; nothing was removed, add --yes to do it",
                figures);
    }
}
