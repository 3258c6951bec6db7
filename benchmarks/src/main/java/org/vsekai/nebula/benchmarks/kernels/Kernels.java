package org.vsekai.nebula.benchmarks.kernels;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.vsekai.nebula.casync.chunk.ChunkSizes;
import org.vsekai.nebula.casync.chunk.Chunker;

/** Each call handles all chunks of the first {@value #MEGABYTES} MB of a file, so a score is milliseconds per that much. */
@State(Scope.Thread)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class Kernels {
    static final int MEGABYTES = 64;

    /** The file that is worked on. */
    @Param("")
    String file = "";

    private byte[] blob = new byte[0];
    private final List<Piece> chunks = new ArrayList<>();

    private record Piece(int start, int length) {}

    @Setup
    public void read() throws IOException {
        try (InputStream in = Files.newInputStream(Path.of(file))) {
            blob = in.readNBytes(MEGABYTES * 1_000_000);
        }
        Chunker chunker = new Chunker(new ByteArrayInputStream(blob), ChunkSizes.DEFAULT);
        for (int length = chunker.next(); length > 0; length = chunker.next()) {
            chunks.add(new Piece((int) chunker.start(), length));
        }
    }

    /** The rolling hash with the bytes below the least length skipped. */
    @Benchmark
    public long cut() throws IOException {
        Chunker chunker = new Chunker(new ByteArrayInputStream(blob), ChunkSizes.DEFAULT);
        long ends = 0;
        for (int length = chunker.next(); length > 0; length = chunker.next()) {
            ends = 31 * ends + length;
        }
        return ends;
    }

    /** The JDK's digests, by intrinsics where it has them. */
    @State(Scope.Thread)
    public static class Digests {
        @Param({"SHA-512/256", "SHA-256"})
        String algorithm = "";
    }

    @Benchmark
    public long hash(Digests digests) throws Exception {
        MessageDigest digest = MessageDigest.getInstance(digests.algorithm);
        long sum = 0;
        for (Piece chunk : chunks) {
            digest.update(blob, chunk.start, chunk.length);
            sum += digest.digest()[0];
        }
        return sum;
    }

    /** zstd with contexts that are used again. */
    @State(Scope.Thread)
    public static class Compression {
        @Param({"1", "2", "3"})
        int level;

        private ZstdCompressCtx context = new ZstdCompressCtx();
        private final ZstdDecompressCtx reader = new ZstdDecompressCtx();
        private final byte[] plain = new byte[ChunkSizes.DEFAULT.max()];
        private final byte[] frame = new byte[(int) Zstd.compressBound(ChunkSizes.DEFAULT.max())];
        private final ByteBuffer plainDirect = ByteBuffer.allocateDirect(plain.length);
        private final ByteBuffer frameDirect = ByteBuffer.allocateDirect(frame.length);
        private final List<byte[]> frames = new ArrayList<>();

        @Setup(Level.Trial)
        public void compress(Kernels kernels) {
            context = new ZstdCompressCtx().setLevel(level).setChecksum(true).setContentSize(true);
            for (Piece chunk : kernels.chunks) {
                int size = context.compressByteArray(frame, 0, frame.length, kernels.blob, chunk.start, chunk.length);
                frames.add(Arrays.copyOf(frame, size));
            }
            System.out.printf(
                    "%nlevel %d stores %d bytes%n",
                    level, frames.stream().mapToLong(f -> f.length).sum());
        }

        @TearDown(Level.Trial)
        public void close() {
            context.close();
            reader.close();
        }
    }

    @Benchmark
    public long compressArrays(Compression zstd) {
        long size = 0;
        for (Piece chunk : chunks) {
            size += zstd.context.compressByteArray(zstd.frame, 0, zstd.frame.length, blob, chunk.start, chunk.length);
        }
        return size;
    }

    /** With the copy into the direct buffer that bytes on the heap need. */
    @Benchmark
    public long compressDirect(Compression zstd) {
        long size = 0;
        for (Piece chunk : chunks) {
            zstd.plainDirect.clear().put(blob, chunk.start, chunk.length);
            size += zstd.context.compressDirectByteBuffer(
                    zstd.frameDirect, 0, zstd.frameDirect.capacity(), zstd.plainDirect, 0, chunk.length);
        }
        return size;
    }

    @Benchmark
    public long decompress(Compression zstd) {
        long size = 0;
        for (byte[] frame : zstd.frames) {
            size += zstd.reader.decompressByteArray(zstd.plain, 0, zstd.plain.length, frame, 0, frame.length);
        }
        return size;
    }
}
