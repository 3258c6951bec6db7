package org.vsekai.nebula.launcher.update;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import org.vsekai.nebula.casync.MalformedArchiveException;
import org.vsekai.nebula.casync.MalformedIndexException;
import org.vsekai.nebula.casync.archive.ArchiveLayout;
import org.vsekai.nebula.casync.archive.ArchiveSkeleton;
import org.vsekai.nebula.casync.assemble.BlobSeed;
import org.vsekai.nebula.casync.index.ChunkIndexCodec;
import org.vsekai.nebula.launcher.folder.FolderState;
import org.vsekai.nebula.launcher.manifest.ManifestReader;

/**
 * What the launcher keeps in a game's folder beside its state: the installed version's manifest and index as fetched, and its
 * archive's skeleton, from which the archive's exact bytes can be had again, whatever owners and times the disk says.
 */
record Records(Path folder) {
    static Records of(Path game) {
        return new Records(game.resolve(ManifestReader.RESERVED_FOLDER));
    }

    Path manifest() {
        return folder.resolve("manifest.json");
    }

    private Path index() {
        return folder.resolve("index.caidx");
    }

    private Path skeleton() {
        return folder.resolve("skeleton");
    }

    /** Fills the folder for a version that was just built. */
    void write(Path manifest, Path index, ArchiveSkeleton skeleton) throws IOException {
        Files.createDirectories(folder);
        Files.copy(manifest, manifest(), StandardCopyOption.REPLACE_EXISTING);
        Files.copy(index, index(), StandardCopyOption.REPLACE_EXISTING);
        skeleton.write(skeleton());
    }

    /** The installed version as a source of chunks; empty if the records are damaged or missing. */
    Optional<BlobSeed> findSeed(FolderState.Installed installed, Path game) throws IOException {
        if (!isIntact(index(), installed.index()) || !Files.isRegularFile(skeleton())) {
            return Optional.empty();
        }
        try {
            ArchiveLayout layout = ArchiveLayout.ofSkeleton(ArchiveSkeleton.read(skeleton()), game);
            return Optional.of(new BlobSeed(layout, ChunkIndexCodec.read(index())));
        } catch (MalformedArchiveException | MalformedIndexException e) {
            return Optional.empty();
        }
    }

    boolean hasManifest(FolderState.Installed installed) throws IOException {
        return isIntact(manifest(), installed.manifest());
    }

    private static boolean isIntact(Path file, String name) throws IOException {
        return Files.isRegularFile(file) && name.startsWith(Digests.sha256(file));
    }
}
