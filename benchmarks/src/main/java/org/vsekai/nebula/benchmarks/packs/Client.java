package org.vsekai.nebula.benchmarks.packs;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.casync.assemble.Assembler;
import org.vsekai.nebula.casync.assemble.AssemblyOptions;
import org.vsekai.nebula.casync.assemble.BlobSeed;
import org.vsekai.nebula.casync.chunk.FileBlob;
import org.vsekai.nebula.casync.index.ChunkIndex;
import org.vsekai.nebula.casync.index.ChunkIndexCodec;
import org.vsekai.nebula.casync.pack.PackIndex;
import org.vsekai.nebula.casync.pack.PackIndexCodec;
import org.vsekai.nebula.casync.pack.PackOffer;
import org.vsekai.nebula.casync.pack.PackPlan;
import org.vsekai.nebula.casync.pack.PackSource;
import org.vsekai.nebula.casync.pack.PlanOptions;
import org.vsekai.nebula.casync.store.HttpChunkStore;
import org.vsekai.nebula.casync.store.HttpRanges;
import org.vsekai.nebula.casync.store.HttpStoreOptions;

/** What a player's machine does, as a process of its own so that its memory can be measured: assembles one archive. */
final class Client {
    private Client() {}

    /** Arguments: server, path of the pack index, new index, output, and for an update the old index and old archive. */
    public static void main(String[] arguments) throws Exception {
        URI server = URI.create(arguments[0]);
        ChunkIndex index = ChunkIndexCodec.read(Path.of(arguments[2]));
        boolean isUpdate = arguments.length > 4;
        @Nullable ChunkIndex base = isUpdate ? ChunkIndexCodec.read(Path.of(arguments[4])) : null;
        PackIndex pack = PackIndexCodec.read(get(server.resolve(arguments[1])), arguments[1], index, base);
        try (HttpChunkStore store = new HttpChunkStore(server.resolve("chunks/"), HttpStoreOptions.DEFAULT);
                @Nullable
                        BlobSeed seed = base == null ? null : new BlobSeed(FileBlob.open(Path.of(arguments[5])), base);
                HttpRanges ranges = new HttpRanges(
                        List.of(server.resolve("packs/" + pack.pack().packFile())),
                        pack.packSize(),
                        HttpStoreOptions.DEFAULT)) {
            List<BlobSeed> old = seed == null ? List.of() : List.of(seed);
            List<Integer> wanted = new Assembler(index, old, List.of(store), null, AssemblyOptions.DEFAULT).missing();
            PackPlan plan = PackPlan.of(index, wanted, List.of(new PackOffer(pack, ranges, seed)), PlanOptions.DEFAULT);
            System.out.println(plan);
            try (PackSource source = new PackSource(plan)) {
                new Assembler(
                                index,
                                seed == null ? List.of(source) : List.of(seed, source),
                                List.of(store),
                                null,
                                AssemblyOptions.DEFAULT)
                        .assembleTo(Path.of(arguments[3]), bytes -> {});
                System.out.println(source.statistics());
            }
        }
    }

    private static byte[] get(URI file) throws IOException, InterruptedException {
        try (HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            return client.send(HttpRequest.newBuilder(file).build(), HttpResponse.BodyHandlers.ofByteArray())
                    .body();
        }
    }
}
