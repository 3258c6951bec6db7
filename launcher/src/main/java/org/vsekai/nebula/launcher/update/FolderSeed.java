package org.vsekai.nebula.launcher.update;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.vsekai.nebula.casync.CasyncException;
import org.vsekai.nebula.casync.archive.ArchiveLayout;
import org.vsekai.nebula.casync.archive.ArchiveOptions;
import org.vsekai.nebula.casync.assemble.BlobSeed;
import org.vsekai.nebula.casync.assemble.Seed;
import org.vsekai.nebula.casync.index.ChunkIndex;
import org.vsekai.nebula.launcher.FolderException;
import org.vsekai.nebula.launcher.LauncherException;
import org.vsekai.nebula.launcher.folder.FolderState;
import org.vsekai.nebula.launcher.folder.FolderState.Installed;
import org.vsekai.nebula.launcher.manifest.ManifestReader;
import org.vsekai.nebula.launcher.progress.ProgressEvent.Noted;
import org.vsekai.nebula.launcher.progress.ProgressListener;

/**
 * Any folder that may hold parts of a version: another mode's installation, an older copy, a disk of a friend. It is only read.
 * If a launcher installed it, its records tell which chunks it has; else all of it is read and cut now. Whatever changes in it
 * afterwards, or was wrong from the start, is noticed by the digest of each chunk when that is read.
 */
public final class FolderSeed {
    private FolderSeed() {}

    /**
     * @param index of the version that is wanted
     * @return empty, and noted, if nothing of the folder can be used
     * @throws FolderException if there is no such folder
     */
    static Optional<Seed> open(Path folder, ChunkIndex index, ProgressListener listener) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new FolderException(folder.toString(), "is no folder to take parts from; check --seed", null);
        }
        try {
            Path real = folder.toRealPath();
            Optional<BlobSeed> recorded = findRecorded(real, index);
            if (recorded.isPresent()) {
                return Optional.of(recorded.get());
            }
            ArchiveLayout layout = ArchiveLayout.ofDoubtfulFolder(
                    real, ArchiveOptions.publishing().excluding(ManifestReader.RESERVED_FOLDER));
            int threads = Runtime.getRuntime().availableProcessors();
            return Optional.of(BlobSeed.chunk(layout, index.sizes(), index.digest(), threads));
        } catch (IOException | CasyncException | IllegalArgumentException e) {
            listener.on(new Noted("nothing is taken from " + folder + ": " + e.getMessage()));
            return Optional.empty();
        }
    }

    /**
     * A folder that a launcher installed, as its records describe it.
     *
     * @param index whose digest the records' ids must be made with
     * @return empty if it has no records, or damaged ones
     */
    public static Optional<BlobSeed> findRecorded(Path folder, ChunkIndex index) throws IOException {
        Path records = Records.of(folder).folder();
        try {
            Optional<Installed> installed = FolderState.read(records).findInstalled();
            if (installed.isEmpty()) {
                return Optional.empty();
            }
            return Records.of(folder)
                    .findSeed(installed.get(), folder)
                    .filter(seed -> seed.index().digest() == index.digest());
        } catch (LauncherException e) {
            return Optional.empty(); // Damaged records; the files may still be good.
        }
    }
}
