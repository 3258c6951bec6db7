package org.vsekai.nebula.assets;

import static io.restassured.RestAssured.given;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Random;
import org.vsekai.nebula.casync.archive.ArchiveLayout;
import org.vsekai.nebula.casync.archive.ArchiveOptions;
import org.vsekai.nebula.casync.chunk.ChunkDigest;
import org.vsekai.nebula.casync.chunk.ChunkSizes;
import org.vsekai.nebula.casync.index.ChunkIndex;
import org.vsekai.nebula.casync.index.ChunkIndexCodec;
import org.vsekai.nebula.casync.index.FeatureFlags;
import org.vsekai.nebula.casync.store.ChunkCodec;
import org.vsekai.nebula.kit.testing.TestTokens;

/** A small folder whose archive, chunks and index are in the store. */
record PublishedFolder(String indexName, ChunkIndex index, byte[] content) {
    static PublishedFolder publish(long seed) throws Exception {
        Path folder = Files.createTempDirectory(Path.of("target"), "folder-");
        byte[] content = new byte[700_000];
        new Random(seed).nextBytes(content);
        Files.createDirectory(folder.resolve("data"));
        Files.write(folder.resolve("data/große Datei.bin"), content);
        Files.createFile(folder.resolve("data/empty"));
        Files.writeString(folder.resolve("run.sh"), "#!/bin/sh\n# " + seed + "\n");
        Files.setPosixFilePermissions(folder.resolve("run.sh"), PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.createSymbolicLink(folder.resolve("link"), Path.of("run.sh"));

        byte[] archive;
        try (ArchiveLayout layout = ArchiveLayout.ofFolder(folder, ArchiveOptions.publishing())) {
            archive = new byte[Math.toIntExact(layout.size())];
            layout.read(0, archive, 0, archive.length);
        }
        ChunkIndex.Builder index = ChunkIndex.builder(ChunkSizes.DEFAULT, FeatureFlags.FEATURES_ARCHIVE);
        int piece = 100_000;
        for (int start = 0; start < archive.length; start += piece) {
            int length = Math.min(piece, archive.length - start);
            var id = ChunkDigest.SHA512_256.hash(archive, start, length);
            put(TestChunk.pathOf(id), ChunkCodec.compress(archive, start, length));
            index.add(length, id);
        }
        ChunkIndex built = index.build();
        return new PublishedFolder(putIndex(built, ".caidx"), built, content);
    }

    /** The index of a blob that is one chunk and no archive. */
    static String publishBlob(TestChunk chunk) {
        put(chunk.path(), chunk.stored);
        return putIndex(
                ChunkIndex.builder(ChunkSizes.DEFAULT, ChunkDigest.SHA512_256)
                        .add(chunk.plain.length, chunk.id)
                        .build(),
                ".caibx");
    }

    private static String putIndex(ChunkIndex index, String extension) {
        byte[] bytes = ChunkIndexCodec.toBytes(index);
        String name = ChunkProtocolIT.sha256(bytes) + extension;
        put("/indexes/" + name, bytes);
        return name;
    }

    private static void put(String path, byte[] body) {
        given().header("Authorization", TestTokens.bearer(TestTokens.PUBLISHER))
                .contentType("application/octet-stream")
                .body(body)
                .put(path)
                .then()
                .statusCode(200);
    }
}
