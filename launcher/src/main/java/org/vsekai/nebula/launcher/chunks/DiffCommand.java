package org.vsekai.nebula.launcher.chunks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.LongAdder;
import org.vsekai.nebula.casync.index.ChunkIndex;
import org.vsekai.nebula.launcher.chunks.ArchiveDiff.Change;
import org.vsekai.nebula.launcher.chunks.ArchiveDiff.Fate;
import org.vsekai.nebula.launcher.console.GlobalOptions;
import org.vsekai.nebula.launcher.progress.Meter;
import org.vsekai.nebula.launcher.progress.ProgressEvent.Noted;
import org.vsekai.nebula.launcher.progress.TerminalText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code chunks diff [-s STORE] OLD NEW}. */
@Command(
        name = "diff",
        mixinStandardHelpOptions = true,
        description = {
            "Says what an update from what OLD describes to what NEW describes would fetch, write and keep.",
            "With -s it tells the exact bytes to fetch as they are stored, and for archives (.caidx) what becomes of each"
                    + " file; then the store must hold both archives' chunks."
        },
        footer = {"", "Example:", "  vsekai chunks diff -s http://localhost/chunks v1.caidx v2.caidx"})
final class DiffCommand implements Callable<Integer> {
    @Spec
    private CommandSpec command = CommandSpec.create();

    @Option(
            names = {"-s", "--store"},
            paramLabel = "STORE",
            description = "Where chunks would be read from; repeat it to name others to ask when one lacks a chunk.")
    private List<String> stores = new ArrayList<>();

    @Mixin
    private Concurrency concurrency = new Concurrency();

    @Mixin
    private StoreAccess access = new StoreAccess();

    @Parameters(index = "0", paramLabel = "OLD", description = "The index of what is there.")
    private String from = "";

    @Parameters(index = "1", paramLabel = "NEW", description = "The index of what is wanted.")
    private String to = "";

    @Override
    public Integer call() throws IOException {
        IndexDiff diff = read();
        List<String> lines = new ArrayList<>();
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("size", diff.to().blobSize());
        figures.put("chunks", diff.to().chunkCount());
        figures.put("fetch_chunks", diff.fetch().size());
        figures.put("fetch_bytes", diff.fetchBytes());
        String fetch = "fetch  %d chunks, %s".formatted(diff.fetch().size(), TerminalText.bytes(diff.fetchBytes()));
        if (stores.isEmpty()) {
            lines.add(fetch);
            addPlaces(diff, lines, figures);
        } else {
            try (Sources sources = new Sources(access, stores)) {
                long stored = storedBytes(diff, sources);
                figures.put("fetch_stored_bytes", stored);
                lines.add("%s (%s as stored)".formatted(fetch, TerminalText.bytes(stored)));
                addPlaces(diff, lines, figures);
                if (isArchive(from) && isArchive(to)) {
                    addFiles(new ArchiveDiff(diff, sources, from, to).changes(), lines, figures);
                }
            }
        }
        GlobalOptions.of(command).complete(command, String.join("\n", lines), figures);
        return 0;
    }

    private IndexDiff read() throws IOException {
        ChunkIndex before = IndexFile.read(from);
        ChunkIndex after = IndexFile.read(to);
        if (!before.sizes().equals(after.sizes())) {
            GlobalOptions.of(command)
                    .listener(command)
                    .on(new Noted("the indexes were made with different chunk sizes: they have little in common"));
        }
        try {
            return IndexDiff.between(before, after);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(command.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private long storedBytes(IndexDiff diff, Sources sources) throws IOException {
        Meter meter = new Meter(GlobalOptions.of(command).listener(command), "measure", diff.fetchBytes());
        LongAdder stored = new LongAdder();
        BoundedWork.forEach(concurrency.forStores(), diff.fetch().values(), chunk -> {
            stored.add(sources.storedSize(chunk));
            meter.accept(chunk.length());
        });
        return stored.sum();
    }

    /** What becomes of the blob if it is updated in its place. */
    private static void addPlaces(IndexDiff diff, List<String> lines, Map<String, Object> figures) {
        long write = diff.to().blobSize() - diff.keptBytes();
        figures.put("keep_bytes", diff.keptBytes());
        figures.put("move_bytes", diff.movedBytes());
        figures.put("write_bytes", write);
        lines.add("keep   %s in place, %s from other places"
                .formatted(TerminalText.bytes(diff.keptBytes()), TerminalText.bytes(diff.movedBytes())));
        lines.add("write  %s of %s in place"
                .formatted(
                        TerminalText.bytes(write), TerminalText.bytes(diff.to().blobSize())));
    }

    private static void addFiles(List<Change> changes, List<String> lines, Map<String, Object> figures) {
        List<Map<String, Object>> files = new ArrayList<>();
        long written = 0;
        long kept = 0;
        for (Change change : changes) {
            switch (change.fate()) {
                case KEPT -> kept += change.bytes();
                case CHANGED, NEW -> written += change.bytes();
                case REMOVED -> {}
            }
            Map<String, Object> file = new LinkedHashMap<>();
            file.put("path", change.path());
            file.put("change", change.fate().name().toLowerCase(Locale.ROOT));
            file.put("bytes", change.bytes());
            file.put("fetch_chunks", change.fetchChunks());
            file.put("fetch_bytes", change.fetchBytes());
            files.add(file);
        }
        long keptFiles = changes.stream().filter(c -> c.fate() == Fate.KEPT).count();
        lines.add("files  %d kept (%s), %s written"
                .formatted(keptFiles, TerminalText.bytes(kept), TerminalText.bytes(written)));
        for (Change change : changes) {
            switch (change.fate()) {
                case KEPT -> {}
                case REMOVED -> lines.add("  removed  " + change.path());
                case CHANGED, NEW ->
                    lines.add("  %-8s %s: %s, fetch %d chunks, %s of it"
                            .formatted(
                                    change.fate().name().toLowerCase(Locale.ROOT),
                                    change.path(),
                                    TerminalText.bytes(change.bytes()),
                                    change.fetchChunks(),
                                    TerminalText.bytes(change.fetchBytes())));
            }
        }
        figures.put("files_kept", keptFiles);
        figures.put("files_kept_bytes", kept);
        figures.put("files_written_bytes", written);
        figures.put("files", files);
    }

    private static boolean isArchive(String index) {
        return index.endsWith(".caidx");
    }
}
