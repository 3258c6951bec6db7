package org.vsekai.nebula.launcher.chunks;

import org.vsekai.nebula.casync.chunk.ChunkDigest;
import org.vsekai.nebula.casync.chunk.ChunkSizes;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** How a blob is cut and its chunks are named. */
final class ChunkingOptions {
    @Option(
            names = {"-m", "--chunk-size"},
            paramLabel = "MIN:AVG:MAX",
            defaultValue = "16:64:256",
            converter = SizesConverter.class,
            description = "Chunk sizes in KiB. Default: ${DEFAULT-VALUE}.")
    private ChunkSizes sizes = ChunkSizes.DEFAULT;

    @Option(
            names = "--digest",
            paramLabel = "NAME",
            defaultValue = "sha512-256",
            converter = DigestConverter.class,
            description = "What ids are made with: sha512-256 or sha256. Default: ${DEFAULT-VALUE}.")
    private ChunkDigest digest = ChunkDigest.SHA512_256;

    ChunkSizes sizes() {
        return sizes;
    }

    ChunkDigest digest() {
        return digest;
    }

    static final class SizesConverter implements ITypeConverter<ChunkSizes> {
        @Override
        public ChunkSizes convert(String value) {
            try {
                return ChunkSizes.parse(value);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(String.valueOf(e.getMessage()));
            }
        }
    }

    static final class DigestConverter implements ITypeConverter<ChunkDigest> {
        @Override
        public ChunkDigest convert(String value) {
            try {
                return ChunkDigest.parse(value);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(String.valueOf(e.getMessage()));
            }
        }
    }
}
