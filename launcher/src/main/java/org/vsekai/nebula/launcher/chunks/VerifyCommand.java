package org.vsekai.nebula.launcher.chunks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.casync.ChunkCorruptException;
import org.vsekai.nebula.casync.ChunkMissingException;
import org.vsekai.nebula.casync.assemble.Verifier;
import org.vsekai.nebula.casync.chunk.BlobSource;
import org.vsekai.nebula.casync.chunk.ChunkDigest;
import org.vsekai.nebula.casync.chunk.ChunkId;
import org.vsekai.nebula.casync.chunk.ChunkSizes;
import org.vsekai.nebula.casync.index.ChunkIndex;
import org.vsekai.nebula.casync.store.ChunkCodec;
import org.vsekai.nebula.casync.store.LocalChunkStore;
import org.vsekai.nebula.casync.store.ManagedStore;
import org.vsekai.nebula.casync.store.ReadableStore;
import org.vsekai.nebula.launcher.ExitCode;
import org.vsekai.nebula.launcher.console.GlobalOptions;
import org.vsekai.nebula.launcher.progress.ProgressEvent.Noted;
import org.vsekai.nebula.launcher.progress.ProgressListener;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code chunks verify -s STORE [INDEX]} and {@code chunks verify INDEX DATA}. */
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        description = {
            "Reads chunks and checks them by their ids.",
            "With -s alone: every chunk of a local store. With -s and INDEX: the chunks of the index, in any store."
                    + " With INDEX and DATA: the file or folder against the index. Exit code 4 if something is wrong."
        },
        footer = {
            "",
            "Examples:",
            "  vsekai chunks verify -s /srv/store",
            "  vsekai chunks verify -s http://localhost/chunks game.caibx",
            "  vsekai chunks verify game.caibx game.pck"
        })
final class VerifyCommand implements Callable<Integer> {
    private static final int SHOWN = 20;

    @Spec
    private CommandSpec command = CommandSpec.create();

    @Option(
            names = {"-s", "--store"},
            paramLabel = "STORE",
            description = "The store to check.")
    private @Nullable String store;

    @Option(
            names = {"-r", "--repair"},
            description = "Remove bad chunks from a local store, so that they can be stored anew.")
    private boolean repair;

    @Option(
            names = "--digest",
            paramLabel = "NAME",
            defaultValue = "sha512-256",
            converter = ChunkingOptions.DigestConverter.class,
            description = "What the ids of a store without INDEX are made with. Default: ${DEFAULT-VALUE}.")
    private ChunkDigest digest = ChunkDigest.SHA512_256;

    @Mixin
    private Concurrency concurrency = new Concurrency();

    @Mixin
    private StoreAccess access = new StoreAccess();

    @Parameters(index = "0", arity = "0..1", paramLabel = "INDEX", description = "The index; - for standard input.")
    private @Nullable String index;

    @Parameters(index = "1", arity = "0..1", paramLabel = "DATA", description = "The file or folder that it describes.")
    private @Nullable Path data;

    @Override
    public Integer call() throws IOException {
        GlobalOptions global = GlobalOptions.of(command);
        Result result;
        if (data != null && index != null) {
            result = verifyData(IndexFile.read(index), data);
        } else if (store == null) {
            throw new ParameterException(command.commandLine(), "name a store with -s, or INDEX and DATA");
        } else if (index == null) {
            result = verifyStore(store);
        } else {
            result = verifyChunks(IndexFile.read(index), store);
        }
        ProgressListener listener = global.listener(command);
        result.faults.stream().limit(SHOWN).forEach(fault -> listener.on(new Noted(fault)));
        boolean sound = result.bad == 0;
        global.complete(
                command,
                sound
                        ? result.checked + " chunks checked, all are sound"
                        : result.bad + " of " + result.checked + " chunks are bad",
                Map.of("checked", result.checked, "bad", result.bad));
        return sound ? ExitCode.OK.code() : ExitCode.CORRUPT.code();
    }

    /** @param faults what is shown: not always all that are bad */
    private record Result(long checked, long bad, List<String> faults) {}

    private Result verifyStore(String location) throws IOException {
        try (ReadableStore opened = access.open(location)) {
            if (!(opened instanceof LocalChunkStore local)) {
                throw new ParameterException(
                        command.commandLine(), "a store at a server cannot be listed; name an INDEX too");
            }
            if (!Files.isDirectory(Path.of(local.name()))) {
                throw new ParameterException(command.commandLine(), local.name() + ": is not a folder");
            }
            try (Stream<ManagedStore.StoredChunk> chunks = local.list()) {
                return forEach(
                        () -> chunks.map(ManagedStore.StoredChunk::id).iterator(),
                        id -> ChunkCodec.verifyAtMost(
                                id,
                                digest,
                                local.getStored(id, ChunkCodec.maxStoredBytes(ChunkSizes.MAX_LIMIT)),
                                ChunkSizes.MAX_LIMIT,
                                local.name()),
                        repair ? local::remove : id -> false);
            }
        }
    }

    private Result verifyChunks(ChunkIndex wanted, String location) throws IOException {
        Map<ChunkId, Integer> lengths = new java.util.LinkedHashMap<>();
        for (int i = 0; i < wanted.chunkCount(); i++) {
            lengths.putIfAbsent(wanted.id(i), wanted.length(i));
        }
        try (ReadableStore opened = access.open(location)) {
            return forEach(
                    lengths.keySet(),
                    id -> {
                        int length = lengths.getOrDefault(id, 0);
                        byte[] stored = opened.getStored(id, ChunkCodec.maxStoredBytes(length));
                        ChunkCodec.verify(id, wanted.digest(), stored, length, opened.name());
                    },
                    id -> repair && opened instanceof LocalChunkStore local && local.remove(id));
        }
    }

    private Result verifyData(ChunkIndex wanted, Path named) throws IOException {
        try (BlobSource blob = SourceOptions.open(named)) {
            Verifier.Report report = new Verifier(wanted, concurrency.forAssembly()).verify(blob, bytes -> {});
            List<String> faults = new ArrayList<>();
            if (report.excessBytes() > 0) {
                faults.add("%s is %d bytes longer than the index says".formatted(named, report.excessBytes()));
            }
            for (Verifier.Damage damage : report.listed()) {
                faults.add("%s: bytes %d to %d: %s"
                        .formatted(named, damage.start(), damage.start() + damage.length(), damage.reason()));
            }
            return new Result(report.chunks(), report.damaged() + (report.excessBytes() > 0 ? 1 : 0), faults);
        }
    }

    @FunctionalInterface
    private interface Check {
        void run(ChunkId id);
    }

    @FunctionalInterface
    private interface Removal {
        boolean remove(ChunkId id);
    }

    private Result forEach(Iterable<ChunkId> ids, Check check, Removal removal) throws IOException {
        List<String> faults = Collections.synchronizedList(new ArrayList<>());
        AtomicInteger checked = new AtomicInteger();
        AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();
        Semaphore turns = new Semaphore(concurrency.forStores());
        try (ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (ChunkId id : ids) {
                turns.acquireUninterruptibly();
                if (failure.get() != null) {
                    break;
                }
                workers.execute(() -> {
                    try {
                        checked.incrementAndGet();
                        check.run(id);
                    } catch (ChunkMissingException e) {
                        faults.add(String.valueOf(e.getMessage()));
                    } catch (ChunkCorruptException e) {
                        faults.add(e.getMessage() + (removal.remove(id) ? " (removed)" : ""));
                    } catch (RuntimeException e) {
                        failure.compareAndSet(null, e);
                    } finally {
                        turns.release();
                    }
                });
            }
        }
        RuntimeException first = failure.get();
        if (first != null) {
            throw first;
        }
        return new Result(checked.get(), faults.size(), faults);
    }
}
