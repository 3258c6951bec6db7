package org.vsekai.nebula.casync.chunk;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The two digests that casync and desync name chunks with; an index uses one for all its chunks. Sources: desync
 * {@code digest.go}, casync {@code src/cachunkid.c}.
 */
public enum ChunkDigest {
    /** FIPS 180-4 SHA-512/256, with its own initial values: not SHA-512 cut short. The default of both tools. */
    SHA512_256("sha512-256", "SHA-512/256"),
    SHA256("sha256", "SHA-256");

    private final String text;
    private final String algorithm;

    ChunkDigest(String text, String algorithm) {
        this.text = text;
        this.algorithm = algorithm;
    }

    /** The name that both tools' {@code --digest} option takes. */
    public String text() {
        return text;
    }

    /**
     * Reads {@link #text()}.
     *
     * @throws IllegalArgumentException for any other text
     */
    public static ChunkDigest parse(String text) {
        for (ChunkDigest digest : values()) {
            if (digest.text.equals(text)) {
                return digest;
            }
        }
        throw new IllegalArgumentException("unknown digest \"" + text + "\": use sha512-256 or sha256");
    }

    public MessageDigest newMessageDigest() {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime we support has " + algorithm, e);
        }
    }

    /** The id of a chunk that holds these bytes. */
    public ChunkId hash(byte[] bytes, int offset, int length) {
        MessageDigest digest = newMessageDigest();
        digest.update(bytes, offset, length);
        return ChunkId.of(digest.digest(), 0);
    }

    /** The id of a chunk that holds the remaining bytes of the buffer, which are consumed. */
    public ChunkId hash(ByteBuffer bytes) {
        MessageDigest digest = newMessageDigest();
        digest.update(bytes);
        return ChunkId.of(digest.digest(), 0);
    }
}
