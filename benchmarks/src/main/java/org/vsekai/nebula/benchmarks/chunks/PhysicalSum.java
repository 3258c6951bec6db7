package org.vsekai.nebula.benchmarks.chunks;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.vsekai.nebula.casync.chunk.ChunkDigest;
import org.vsekai.nebula.casync.chunk.ChunkId;
import org.vsekai.nebula.casync.chunk.ChunkSizes;
import org.vsekai.nebula.casync.chunk.Chunker;
import org.vsekai.nebula.casync.store.ChunkCodec;

/**
 * What the parts of the work take alone, one after another on one warm thread, in seconds of processor time: no program that
 * uses these kernels can be below their sum.
 */
record PhysicalSum(double cut, double hash, double compress, double write, double decompress, double writeBlob) {
    /** Enough to have the kernels compiled before they are timed. */
    private static final int WARM_UP_BYTES = 64 << 20;

    double make() {
        return cut + hash + compress + write;
    }

    double extract() {
        return decompress + hash + writeBlob;
    }

    double verifyStore() {
        return decompress + hash;
    }

    static PhysicalSum of(Path blob, Path scratch) throws IOException {
        measure(blob, scratch, WARM_UP_BYTES);
        return measure(blob, scratch, Long.MAX_VALUE);
    }

    private static PhysicalSum measure(Path blob, Path scratch, long limit) throws IOException {
        ThreadMXBean clock = ManagementFactory.getThreadMXBean();
        long cut = 0;
        long hash = 0;
        long compress = 0;
        long write = 0;
        long decompress = 0;
        long writeBlob = 0;
        Set<ChunkId> seen = new HashSet<>();
        List<Path> written = new ArrayList<>();
        Path out = scratch.resolve("blob");
        try (InputStream in = new BufferedInputStream(Files.newInputStream(blob));
                OutputStream blobOut = Files.newOutputStream(out)) {
            Chunker chunker = new Chunker(in, ChunkSizes.DEFAULT);
            while (chunker.start() < limit) {
                long at = clock.getCurrentThreadCpuTime();
                int length = chunker.next();
                cut += clock.getCurrentThreadCpuTime() - at;
                if (length == 0) {
                    break;
                }
                at = clock.getCurrentThreadCpuTime();
                ChunkId id = chunker.id(ChunkDigest.SHA512_256);
                hash += clock.getCurrentThreadCpuTime() - at;
                if (!seen.add(id)) {
                    continue;
                }
                at = clock.getCurrentThreadCpuTime();
                byte[] stored = ChunkCodec.compress(chunker.buffer(), chunker.offset(), length);
                compress += clock.getCurrentThreadCpuTime() - at;

                Path file = scratch.resolve(id.toString());
                at = clock.getCurrentThreadCpuTime();
                Files.write(file, stored);
                write += clock.getCurrentThreadCpuTime() - at;
                written.add(file);

                // With the check of the digest, whose time is known already.
                at = clock.getCurrentThreadCpuTime();
                byte[] plain = ChunkCodec.verify(id, ChunkDigest.SHA512_256, stored, length, "memory");
                decompress += clock.getCurrentThreadCpuTime() - at;
                at = clock.getCurrentThreadCpuTime();
                if (!ChunkDigest.SHA512_256.hash(plain, 0, length).equals(id)) {
                    throw new IOException("a digest differs from one run to the next");
                }
                decompress -= clock.getCurrentThreadCpuTime() - at;

                at = clock.getCurrentThreadCpuTime();
                blobOut.write(plain, 0, length);
                writeBlob += clock.getCurrentThreadCpuTime() - at;
            }
        }
        for (Path file : written) {
            Files.delete(file);
        }
        Files.delete(out);
        return new PhysicalSum(
                cut / 1e9, hash / 1e9, compress / 1e9, write / 1e9, Math.max(0, decompress) / 1e9, writeBlob / 1e9);
    }
}
