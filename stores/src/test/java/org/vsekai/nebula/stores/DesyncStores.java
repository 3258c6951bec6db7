package org.vsekai.nebula.stores;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.vsekai.nebula.casync.PeerTool;
import org.vsekai.nebula.casync.index.ChunkIndex;
import org.vsekai.nebula.casync.index.ChunkIndexCodec;
import org.vsekai.nebula.casync.store.ChunkCodec;
import org.vsekai.nebula.casync.store.HttpStoreOptions;
import org.vsekai.nebula.casync.store.WritableStore;
import org.vsekai.nebula.stores.url.StoreUrls;

/** Proves that desync and we understand the same URL and find one another's chunks there. */
public final class DesyncStores {
    private final Path folder;
    private final List<String> command;
    private final StoreUrls urls;

    /**
     * @param folder for files, empty
     * @param environment for both
     */
    public DesyncStores(Path folder, Map<String, String> environment) {
        this.folder = folder;
        this.command = new ArrayList<>();
        environment.forEach((name, value) -> command.add(name + "=" + value));
        command.add(PeerTool.find("desync").executable().toString());
        this.urls = new StoreUrls(HttpStoreOptions.DEFAULT, environment);
    }

    private void desync(String... arguments) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(command);
        all.addAll(List.of(arguments));
        PeerTool.find("env").succeed(folder, all.toArray());
    }

    /**
     * @param ours and {@code theirs} are empty
     * @param spelling a URL for desync
     */
    public void exchange(String ours, String theirs, UnaryOperator<String> spelling) throws Exception {
        byte[] content = ObjectStoreContract.noise(77, 1_500_000);
        Path blob = Files.write(folder.resolve("blob"), content);
        String index = folder.resolve("blob.caibx").toString();
        desync("make", "-s", spelling.apply(theirs), index, blob.toString());
        ChunkIndex made = ChunkIndexCodec.read(Path.of(index));
        try (WritableStore from = urls.openWritable(theirs);
                WritableStore to = urls.openWritable(ours)) {
            for (int i = 0; i < made.chunkCount(); i++) {
                int length = made.length(i);
                byte[] stored = from.getStored(made.id(i), ChunkCodec.maxStoredBytes(length));
                byte[] plain = ChunkCodec.verify(made.id(i), made.digest(), stored, length, from.name());
                assertThat(to.put(made.id(i), ChunkCodec.compress(plain, 0, length)))
                        .isTrue();
            }
        }
        Path out = folder.resolve("out");
        desync("extract", "-s", spelling.apply(ours), index, out.toString());
        assertThat(Files.readAllBytes(out)).isEqualTo(content);
    }
}
