package org.vsekai.nebula.assets.pack;

import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.vsekai.nebula.assets.storage.ContentFiles;
import org.vsekai.nebula.assets.storage.ContentName;
import org.vsekai.nebula.assets.storage.StoreFolder;
import org.vsekai.nebula.assets.storage.StoredFile;
import org.vsekai.nebula.casync.pack.PackMaker;
import org.vsekai.nebula.casync.pack.PackName;
import org.vsekai.nebula.stores.ObjectContent;
import org.vsekai.nebula.stores.StoredObject;

/** The files of packs and pack indexes. Blocking; thread-safe. */
@ApplicationScoped
class PackFiles {
    private static final List<String> EXTENSIONS = List.of(PackName.PACK, PackName.PACK_INDEX);

    private final StoreFolder store;
    private final ContentFiles files;

    PackFiles(StoreFolder store, ContentFiles files) {
        this.store = store;
        this.files = files;
    }

    /** Makes one pack, both of whose files are to be written to the folder given. */
    @FunctionalInterface
    interface Making {
        PackMaker.Made makeIn(Path folder) throws IOException;
    }

    /** Makes a pack and stores it: in its place if the store is on this machine, else by way of a temporary folder. */
    PackMaker.Made put(Making making) throws IOException {
        Optional<Path> place = store.findFile(StoreFolder.PACKS);
        if (place.isPresent()) {
            return making.makeIn(place.get());
        }
        Path folder = Files.createTempDirectory("nebula-packs-");
        try {
            PackMaker.Made made = making.makeIn(folder);
            Path pack = folder.resolve(made.pack().packFile());
            Path packIndex = folder.resolve(made.packIndex().packIndexFile());
            store.objects().put(StoreFolder.PACKS + "/" + pack.getFileName(), ObjectContent.of(pack));
            store.objects().put(StoreFolder.PACKS + "/" + packIndex.getFileName(), ObjectContent.of(packIndex));
            return made;
        } finally {
            try (Stream<Path> left = Files.list(folder)) {
                for (Path file : left.toList()) {
                    Files.deleteIfExists(file);
                }
            }
            Files.deleteIfExists(folder);
        }
    }

    /** @throws org.vsekai.nebula.kit.problem.ProblemException INVALID_NAME */
    Optional<StoredFile> find(String file) {
        return files.find(StoreFolder.PACKS, ContentName.parse(file, EXTENSIONS), "application/octet-stream");
    }

    /** Deletes files that are not needed and were written before a time; returns how many. */
    int deleteAllBut(Set<String> needed, Instant writtenBefore) {
        int deleted = 0;
        try (Stream<StoredObject> there = store.objects().list(StoreFolder.PACKS)) {
            for (StoredObject object : (Iterable<StoredObject>) there::iterator) {
                String name = object.path().substring(object.path().lastIndexOf('/') + 1);
                if (EXTENSIONS.stream().anyMatch(name::endsWith)
                        && !needed.contains(name)
                        && object.lastModified().isBefore(writtenBefore)) {
                    deleted += store.objects().remove(object.path()) ? 1 : 0;
                }
            }
        }
        return deleted;
    }
}
