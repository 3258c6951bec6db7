package org.vsekai.nebula.kit.cache;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Where the shared cache is, and how much it may cost when it does not answer. */
@ConfigMapping(prefix = "nebula.cache")
interface CacheConfig {
    /** Hot Rod addresses {@code host:port}, any of the cluster; none: there is no shared cache, only this process's memory. */
    Optional<List<String>> hosts();

    /** The user of the Hot Rod endpoint; none: it asks for none. */
    Optional<String> user();

    /** That user's password. */
    Optional<String> password();

    /** How the user proves the password. */
    @WithDefault("SCRAM-SHA-256")
    String saslMechanism();

    /** Whether to speak TLS. */
    @WithDefault("false")
    boolean tls();

    /** PKCS #12 file with the authorities to trust in place of the system's. */
    Optional<Path> trustStore();

    /** Of that file. */
    Optional<String> trustStorePassword();

    /** How long a request waits for the cluster before it goes to the source. */
    @WithDefault("50ms")
    Duration timeout();

    /** How long connecting, and making a cache that is missing, may take. Requests never wait for either. */
    @WithDefault("3s")
    Duration connectTimeout();

    /** After so many failures in a row the cluster is left alone until it is found to answer again. */
    @WithDefault("3")
    int maxFailures();

    /** How often a cluster that does not answer is tried; not by requests. */
    @WithDefault("1s")
    Duration retryPause();

    /** Calls that may be on their way to the cluster; what comes on top goes to the source. */
    @WithDefault("1024")
    int maxInFlight();

    /** What each kind of value may take up of this process's memory. */
    @WithDefault("16M")
    MemorySize nearSize();

    /** Larger values, encoded, are not kept. */
    @WithDefault("1M")
    MemorySize maxValueSize();

    /** What each kind of value may take up of each node's memory. */
    @WithDefault("64M")
    MemorySize nodeSize();

    /** Copies of each entry in the cluster: with two, the death of one node loses none. */
    @WithDefault("2")
    int owners();
}
