package org.vsekai.nebula.launcher.chunks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.casync.ChunkCorruptException;
import org.vsekai.nebula.casync.ChunkMissingException;
import org.vsekai.nebula.casync.chunk.ChunkDigest;
import org.vsekai.nebula.casync.chunk.ChunkId;
import org.vsekai.nebula.casync.chunk.ChunkSizes;
import org.vsekai.nebula.casync.index.ChunkIndex;
import org.vsekai.nebula.casync.store.ChunkCodec;
import org.vsekai.nebula.casync.store.LocalChunkStore;
import org.vsekai.nebula.casync.store.ManagedStore;
import org.vsekai.nebula.casync.store.ReadableStore;
import org.vsekai.nebula.launcher.console.GlobalOptions;
import org.vsekai.nebula.launcher.progress.Meter;
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
            "With -s alone: every chunk of a store that can list them, as a folder can. With -s and INDEX: the chunks of the index, in any store."
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
    @Spec
    private CommandSpec command = CommandSpec.create();

    @Option(
            names = {"-s", "--store"},
            paramLabel = "STORE",
            description = "The store to check.")
    private @Nullable String store;

    @Option(
            names = {"-r", "--repair"},
            description = "Remove bad chunks from a store that can list them, so that they can be stored anew.")
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
        Findings findings;
        if (data != null && index != null) {
            findings = Findings.ofData(command, IndexFile.read(index), data, concurrency.forAssembly());
        } else if (store == null) {
            throw new ParameterException(command.commandLine(), "name a store with -s, or INDEX and DATA");
        } else if (index == null) {
            findings = verifyStore(store);
        } else {
            findings = verifyChunks(IndexFile.read(index), store);
        }
        return findings.report(command);
    }

    private Findings verifyStore(String location) throws IOException {
        try (ReadableStore opened = access.open(location)) {
            if (!(opened instanceof ManagedStore managed)) {
                throw new ParameterException(
                        command.commandLine(), opened.name() + " cannot list its chunks; name an INDEX too");
            }
            if (opened instanceof LocalChunkStore local && !Files.isDirectory(Path.of(local.name()))) {
                throw new ParameterException(command.commandLine(), local.name() + ": is not a folder");
            }
            try (Stream<ManagedStore.StoredChunk> chunks = managed.list()) {
                return forEach(
                        () -> chunks.map(ManagedStore.StoredChunk::id).iterator(),
                        id -> ChunkCodec.verifyAtMost(
                                id,
                                digest,
                                managed.getStored(id, ChunkCodec.maxStoredBytes(ChunkSizes.MAX_LIMIT)),
                                ChunkSizes.MAX_LIMIT,
                                managed.name()),
                        repair ? managed::remove : id -> false);
            }
        }
    }

    private Findings verifyChunks(ChunkIndex wanted, String location) throws IOException {
        Map<ChunkId, NamedChunk> chunks = NamedChunk.of(List.of(wanted));
        Meter meter = new Meter(
                GlobalOptions.of(command).listener(command), "verify", NamedChunk.totalLength(chunks.values()));
        try (ReadableStore opened = access.open(location)) {
            return forEach(
                    chunks.keySet(),
                    id -> {
                        NamedChunk chunk = Objects.requireNonNull(chunks.get(id));
                        try {
                            chunk.getStored(opened);
                        } finally {
                            meter.accept(chunk.length());
                        }
                    },
                    id -> repair && opened instanceof ManagedStore managed && managed.remove(id));
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

    private Findings forEach(Iterable<ChunkId> ids, Check check, Removal removal) throws IOException {
        List<String> faults = Collections.synchronizedList(new ArrayList<>());
        AtomicLong checked = new AtomicLong();
        BoundedWork.forEach(concurrency.forStores(), ids, id -> {
            checked.incrementAndGet();
            try {
                check.run(id);
            } catch (ChunkMissingException e) {
                faults.add(String.valueOf(e.getMessage()));
            } catch (ChunkCorruptException e) {
                faults.add(e.getMessage() + (removal.remove(id) ? " (removed)" : ""));
            }
        });
        return new Findings(checked.get(), faults.size(), faults);
    }
}
