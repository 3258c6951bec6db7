package org.vsekai.nebula.stores;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vsekai.nebula.casync.StoreUnavailableException;
import org.vsekai.nebula.casync.store.ManagedStore;
import org.vsekai.nebula.casync.store.ManagedStoreContract;

class FolderObjectsTest extends ObjectStoreContract {
    @TempDir
    private Path folder;

    private FolderObjects store;

    @BeforeEach
    void open() throws IOException {
        store = new FolderObjects(Files.createDirectory(folder.resolve("store")));
    }

    @Override
    protected ObjectStore store() {
        return store;
    }

    @Nested
    class Chunks extends ManagedStoreContract {
        @Override
        protected ManagedStore store() {
            return new ObjectChunkStore(store, "chunks");
        }
    }

    @Test
    void folderThatIsAwayIsNotAnEmptyOne() {
        FolderObjects away = new FolderObjects(folder.resolve("away"));
        assertThatExceptionOfType(StoreUnavailableException.class).isThrownBy(() -> away.find("a"));
        assertThatExceptionOfType(StoreUnavailableException.class)
                .isThrownBy(() -> away.open("a").close());
        assertThatExceptionOfType(StoreUnavailableException.class)
                .isThrownBy(() -> away.list("").close());
    }

    @Test
    void leftoversOfACrashAreNotListedAndPrunedWhenOld() throws IOException {
        store.put("a/b", ObjectContent.of(new byte[1]));
        Path old = Files.writeString(folder.resolve("store/a/.tmp-1"), "x");
        Path young = Files.writeString(folder.resolve("store/a/.tmp-2"), "x");
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().minusSeconds(1000)));
        try (Stream<StoredObject> objects = store.list("")) {
            assertThat(objects.map(StoredObject::path)).containsExactly("a/b");
        }
        assertThat(store.pruneTemporaries(Instant.now().minusSeconds(500))).isEqualTo(1);
        assertThat(old).doesNotExist();
        assertThat(young).exists();
    }
}
