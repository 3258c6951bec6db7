package org.vsekai.nebula.assets.storage;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/** Where the store is and how much it takes at a time. */
@ConfigMapping(prefix = "nebula.asset-store")
public interface StoreConfig {
    /**
     * Where everything lies, as {@code file:} URL of a folder (for one replica), {@code s3:} or {@code sftp:} URL; environment
     * {@code NEBULA_STORE_URL}. Below it: chunks, indexes, manifests.
     */
    URI storeUrl();

    /** The largest chunk, uncompressed, that is taken; an index with larger chunks is refused. */
    @WithDefault("8M")
    MemorySize maxChunkSize();

    /** The largest index file. */
    @WithDefault("128M")
    MemorySize maxIndexSize();

    /** The largest manifest. */
    @WithDefault("64M")
    MemorySize maxManifestSize();

    /** Uploads of chunks, indexes and manifests that are worked on at a time; each holds one chunk in memory. */
    @WithDefault("32")
    int maxConcurrentWrites();

    /** Large files that are sent at a time from a store elsewhere; each holds a connection to it. */
    @WithDefault("64")
    int maxConcurrentStreams();

    /** Indexes that are verified at a time. */
    @WithDefault("4")
    int maxConcurrentVerifications();

    /** Chunks that a verification reads ahead. */
    @WithDefault("8")
    int verificationReadAhead();

    /** How long a verification waits for its caller to take a message. */
    @WithDefault("2m")
    Duration callerStall();

    /** How long a call waits for its turn before it is refused as UNAVAILABLE. */
    @WithDefault("30s")
    Duration maxWait();

    /** Chunks whose size and digest are remembered. */
    @WithDefault("100000")
    int rememberedChunks();

    /** The memory for files that were asked for lately; without it a quarter of the heap. 0: every file comes from disk. */
    Optional<MemorySize> recentFiles();

    /** The largest file that is held in memory; what is larger is sent from disk without passing through the program. */
    @WithDefault("1M")
    MemorySize recentFileMaxSize();

    /** How long a file is sent from memory before the disk is asked again; so long a removed one may still be had. */
    @WithDefault("10s")
    Duration recentFileLifetime();

    /** Chunks that uploads asked about and that need no second look at the database when they come; some 150 bytes each. */
    @WithDefault("200000")
    int rememberedProtections();

    /** How long an upload stays open. */
    @WithDefault("24h")
    Duration uploadExpiry();

    /** Uploads that may be open at a time; one more is refused as TOO_MANY_UPLOADS. */
    @WithDefault("1000")
    int maxOpenUploads();

    /** From the end of one removal of expired uploads to the next. */
    @WithDefault("5m")
    Duration uploadSweepInterval();

    /** The time between two counts of what the store holds. */
    @WithDefault("10m")
    Duration countInterval();
}
