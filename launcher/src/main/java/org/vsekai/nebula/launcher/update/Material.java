package org.vsekai.nebula.launcher.update;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.function.LongFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.casync.CasyncException;
import org.vsekai.nebula.casync.archive.ArchiveEntry;
import org.vsekai.nebula.casync.archive.ArchiveLayout;
import org.vsekai.nebula.casync.archive.ArchiveOutline;
import org.vsekai.nebula.casync.assemble.PlacedSeed;
import org.vsekai.nebula.casync.index.ChunkIndex;
import org.vsekai.nebula.launcher.manifest.Manifest;
import org.vsekai.nebula.launcher.manifest.ManifestEntry;

/**
 * What is at hand of a version before it is built: which of its files are there already, whole and verified, in the game's
 * folder or left over from an update that was cut short; and which of its chunks are needed for the others.
 *
 * <p>Where each file lies in the archive is foretold from the manifest. If the archive was made otherwise than by
 * {@code vsekai publish}, that is wrong, and then every chunk counts as needed.
 */
final class Material {
    private final Manifest manifest;
    private final ChunkIndex index;
    private final VerifiedFiles installed;
    private final Leftovers leftovers;
    private final VerifiedFiles complete;
    private final Map<String, Long> begun = new HashMap<>();
    private final @Nullable ArchiveLayout foretold;

    private Material(
            Manifest manifest,
            ChunkIndex index,
            VerifiedFiles installed,
            Leftovers leftovers,
            VerifiedFiles complete,
            @Nullable ArchiveLayout foretold)
            throws IOException {
        this.manifest = manifest;
        this.index = index;
        this.installed = installed;
        this.leftovers = leftovers;
        this.complete = complete;
        this.foretold = foretold;
        for (ManifestEntry.File file : files(manifest)) {
            long size = isWhole(file.path()) ? 0 : Math.min(leftovers.size(file.path()), file.size());
            if (size > 0) {
                begun.put(file.path(), size);
            }
        }
    }

    /**
     * Looks at, and reads, what is there. Leftovers that are of no use are deleted.
     *
     * @param before what the game's folder was installed with, if it was
     * @param tree where the version will be built
     * @param progress told how many bytes will be read, gives what is told of those that were
     */
    static Material find(
            Manifest manifest,
            ChunkIndex index,
            @Nullable Manifest before,
            Path game,
            Leftovers leftovers,
            Path tree,
            LongFunction<LongConsumer> progress)
            throws IOException {
        List<ManifestEntry.File> files = files(manifest);
        leftovers.retain(files.stream().map(ManifestEntry.File::path).collect(Collectors.toSet()));
        List<ManifestEntry.File> unchanged = VerifiedFiles.candidates(
                game,
                files.stream().filter(file -> mayBeUnchanged(file, before)).toList());
        List<ManifestEntry.File> leftOver = VerifiedFiles.candidates(leftovers.folder(), files);
        long bytes = size(unchanged) + size(leftOver);
        LongConsumer meter = progress.apply(bytes);
        VerifiedFiles installed = VerifiedFiles.check(game, unchanged, meter);
        VerifiedFiles complete = VerifiedFiles.check(leftovers.folder(), leftOver, meter);
        ArchiveLayout foretold = foretell(manifest, List.of(tree, leftovers.folder(), game))
                .filter(layout -> layout.size() == index.blobSize())
                .orElse(null);
        return new Material(manifest, index, installed, leftovers, complete, foretold);
    }

    private static boolean mayBeUnchanged(ManifestEntry.File file, @Nullable Manifest before) {
        ManifestEntry known = before == null ? null : before.entries().get(file.path());
        return known == null
                || (known instanceof ManifestEntry.File old && old.sha256().equals(file.sha256()));
    }

    private static Optional<ArchiveLayout> foretell(Manifest manifest, List<Path> places) throws IOException {
        ArchiveOutline outline = new ArchiveOutline();
        try {
            for (ManifestEntry entry : manifest.entries().values()) {
                switch (entry) {
                    case ManifestEntry.Directory folder -> outline.directory(folder.path(), folder.permissions());
                    case ManifestEntry.File file -> outline.file(file.path(), file.permissions(), file.size());
                    case ManifestEntry.Symlink link -> outline.symlink(link.path(), link.target());
                }
            }
            return Optional.of(ArchiveLayout.ofSkeleton(outline.finish(), places));
        } catch (CasyncException | IllegalArgumentException | ArithmeticException e) {
            return Optional.empty();
        }
    }

    static List<ManifestEntry.File> files(Manifest manifest) {
        List<ManifestEntry.File> files = new ArrayList<>();
        for (ManifestEntry entry : manifest.entries().values()) {
            if (entry instanceof ManifestEntry.File file) {
                files.add(file);
            }
        }
        return files;
    }

    private static long size(List<ManifestEntry.File> files) {
        return files.stream().mapToLong(ManifestEntry.File::size).sum();
    }

    Manifest manifest() {
        return manifest;
    }

    /** Verified files in the game's folder. */
    VerifiedFiles installed() {
        return installed;
    }

    /** Verified files that are left over. */
    VerifiedFiles complete() {
        return complete;
    }

    Leftovers leftovers() {
        return leftovers;
    }

    private boolean isWhole(String path) {
        return installed.contains(path) || complete.contains(path);
    }

    /** Bytes of the files that stay as they are in the game's folder. */
    long unchangedBytes() {
        return size(files(manifest).stream()
                .filter(file -> installed.contains(file.path()))
                .toList());
    }

    /** Bytes of the files that are not there as a whole. */
    long bytesToBuild() {
        return size(
                files(manifest).stream().filter(file -> !isWhole(file.path())).toList());
    }

    /**
     * What the files that are not there as a whole will take on the disk beyond what is there of them now.
     *
     * @param block bytes that the disk gives out at a time
     */
    long spaceToBuild(long block) {
        long space = 0;
        for (ManifestEntry.File file : files(manifest)) {
            if (!isWhole(file.path())) {
                long missing = file.size() - begun.getOrDefault(file.path(), 0L);
                space += Math.ceilDiv(missing, block) * block;
            }
        }
        return space;
    }

    /** The chunks that will be read: all but those that lie in the content of a whole file. */
    BitSet wanted() {
        BitSet wanted = new BitSet(index.chunkCount());
        wanted.set(0, index.chunkCount());
        if (foretold == null) {
            return wanted;
        }
        for (ArchiveEntry file : foretold.entries()) {
            if (file.size() > 1 && isWhole(file.path())) {
                // The last byte is read even so; see the decoder.
                int first = index.chunkAt(file.payloadOffset());
                if (index.start(first) < file.payloadOffset()) {
                    first++;
                }
                int last = index.chunkAt(file.payloadOffset() + file.size() - 1);
                if (first < last) {
                    wanted.clear(first, last);
                }
            }
        }
        return wanted;
    }

    /** The version as far as it is there, and as it grows; empty if it is not known where things lie. */
    Optional<PlacedSeed> findSeed() {
        ArchiveLayout layout = foretold;
        if (layout == null) {
            return Optional.empty();
        }
        BitSet there = new BitSet(index.chunkCount());
        for (int i = 0; i < index.chunkCount(); i++) {
            long end = index.end(i);
            there.set(
                    i,
                    layout.filesIn(index.start(i), end).stream()
                            .allMatch(file -> Math.min(end, file.payloadOffset() + file.size())
                                    <= file.payloadOffset() + atHand(file)));
        }
        return Optional.of(new PlacedSeed(layout, index, there));
    }

    private long atHand(ArchiveEntry file) {
        return isWhole(file.path()) ? file.size() : begun.getOrDefault(file.path(), 0L);
    }
}
