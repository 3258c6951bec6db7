package org.vsekai.nebula.casync.pack;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.vsekai.nebula.casync.ChunkMissingException;
import org.vsekai.nebula.casync.assemble.Seed;
import org.vsekai.nebula.casync.chunk.ChunkDigest;
import org.vsekai.nebula.casync.chunk.ChunkId;
import org.vsekai.nebula.casync.chunk.ChunkSizes;
import org.vsekai.nebula.casync.index.ChunkIndex;
import org.vsekai.nebula.casync.store.ChunkCodec;
import org.vsekai.nebula.casync.store.ReadableStore;

/**
 * An old and a new version of a blob that compresses as text does. Throughout the new one single words were replaced, one
 * part was moved and one is new; some chunks occur twice. A store has the chunks of both, and none of zeros.
 */
final class Versions implements ReadableStore {
    private static final int CHUNK = 4096;
    private static final int COUNT = 80;

    final Map<ChunkId, byte[]> plain = new HashMap<>();
    final ChunkIndex old;
    final ChunkIndex current;

    Versions() {
        Random random = new Random(7);
        byte[] before = text(random, COUNT * CHUNK);
        byte[] after = before.clone();
        for (int at = 500; at + 4 < after.length / 2; at += 1000) {
            after[at] ^= 1;
        }
        System.arraycopy(before, 0, after, 60 * CHUNK + 100, 8 * CHUNK);
        System.arraycopy(text(random, 8 * CHUNK), 0, after, 70 * CHUNK, 8 * CHUNK);
        byte[] zeros = new byte[ChunkSizes.DEFAULT.max()];
        old = index(List.of(before));
        current = index(List.of(after, zeros, Arrays.copyOf(after, 2 * CHUNK)));
        plain.remove(ChunkDigest.SHA512_256.hash(zeros, 0, zeros.length));
    }

    private static byte[] text(Random random, int length) {
        List<String> words = IntStream.range(0, 4000)
                .mapToObj(i -> Integer.toString(random.nextInt(1 << 24), 36) + " ")
                .toList();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        while (out.size() < length) {
            out.writeBytes(words.get(random.nextInt(words.size())).getBytes(StandardCharsets.US_ASCII));
        }
        return Arrays.copyOf(out.toByteArray(), length);
    }

    private ChunkIndex index(List<byte[]> parts) {
        ChunkIndex.Builder index = ChunkIndex.builder(ChunkSizes.DEFAULT, ChunkDigest.SHA512_256);
        for (byte[] part : parts) {
            int step = part.length == ChunkSizes.DEFAULT.max() ? part.length : CHUNK;
            for (int at = 0; at < part.length; at += step) {
                byte[] chunk = Arrays.copyOfRange(part, at, at + step);
                ChunkId id = ChunkDigest.SHA512_256.hash(chunk, 0, chunk.length);
                plain.put(id, chunk);
                index.add(chunk.length, id);
            }
        }
        return index.build();
    }

    /** First positions of the distinct chunks of the new version that a pack is to bring. */
    List<Integer> wanted(boolean isUpdate) {
        DistinctChunks distinct = new DistinctChunks(current);
        DistinctChunks base = new DistinctChunks(old);
        return IntStream.range(0, distinct.size())
                .filter(i -> !(isUpdate && base.contains(distinct.id(i))))
                .map(distinct::position)
                .boxed()
                .toList();
    }

    /** What a player has of the old version. */
    Seed seedOfOld() {
        return new Seed() {
            @Override
            public String name() {
                return "old";
            }

            @Override
            public boolean lists(ChunkId id) {
                return new DistinctChunks(old).contains(id);
            }

            @Override
            public boolean read(ChunkId id, int length, byte[] target) {
                System.arraycopy(plain.get(id), 0, target, 0, length);
                return true;
            }
        };
    }

    @Override
    public String name() {
        return "versions";
    }

    @Override
    public byte[] getStored(ChunkId id, int maxStoredBytes) {
        byte[] chunk = plain.get(id);
        if (chunk == null) {
            throw new ChunkMissingException(id, name());
        }
        return ChunkCodec.compress(chunk, 0, chunk.length);
    }

    @Override
    public boolean has(ChunkId id) {
        return plain.containsKey(id);
    }
}
