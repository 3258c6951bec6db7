package org.vsekai.nebula.sync.member;

import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** One member of the ledger, below {@code nebula.entity-sync.ledger}; environment {@code NEBULA_ENTITY_SYNC_LEDGER_*}. */
public interface MemberSettings {
    /** This member's name among {@link #members}; stays the same for the life of its folder. */
    @WithDefault("ledger-0")
    String id();

    /** Where log, votes and snapshots lie. No other process may use it. */
    @WithDefault("/var/lib/nebula/ledger")
    Path folder();

    /** Name of the group; members of another do not hear this one. */
    @WithDefault("nebula-ledger")
    String cluster();

    /** Address to listen at for the other members. */
    @WithDefault("127.0.0.1")
    String bindHost();

    /** Port to listen at for the other members. */
    @WithDefault("8103")
    int bindPort();

    /**
     * The ids of all that vote, the same for all members, separated by commas. Of use only while the log is empty: after that
     * the log knows. Default: this one alone.
     */
    Optional<List<String>> members();

    Discovery discovery();

    Tls tls();

    /** What members must know of one another to be heard, at least 16 characters. */
    Optional<String> secret();

    /** False loses what was acknowledged when the machine stops; for measurements only. */
    @WithDefault("true")
    boolean fsync();

    /** Bytes of log entries that make the next snapshot due. */
    @WithDefault("67108864")
    long snapshotBytes();

    /** True lets a member start whose settings are unsafe in production; each is named in the log. */
    @WithDefault("false")
    boolean allowUnsafe();

    /** How long a call may take whose caller set no deadline, and one of the REST resource. At most a minute. */
    @WithDefault("5s")
    Duration patience();

    /** Changes that may wait for one slow watcher, 1 to 100,000. */
    @WithDefault("10000")
    int watchQueue();

    /** A watcher that takes no message for so long is dropped. */
    @WithDefault("1m")
    Duration watchStall();

    Limits limits();

    /** Where the other members are: either hosts or a DNS name. */
    interface Discovery {
        /** {@code host:port} of all members, separated by commas. */
        Optional<List<String>> hosts();

        /** A name with an address record for each member, as a headless service of Kubernetes has. */
        Optional<String> dns();
    }

    /** Members show each other certificates and check them; all of it or nothing. */
    interface Tls {
        /** PKCS #12 with this member's key and certificate. */
        Optional<Path> keyStore();

        /** Of that file. */
        Optional<String> keyStorePassword();

        /** PKCS #12 with the certificates that the others' must go back to. */
        Optional<Path> trustStore();

        /** Of that file. */
        Optional<String> trustStorePassword();
    }

    /** How much the ledger holds; {@code LedgerLimits} says what each bounds. They travel with each command. */
    interface Limits {
        /** Counters that are not 0. */
        @WithDefault("100000")
        int counters();

        /** Leases that are held. */
        @WithDefault("10000")
        int leases();

        /** Resources that are claimed under them. */
        @WithDefault("100000")
        int claims();

        /** Writes that are announced and not finished. */
        @WithDefault("10000")
        int pendingIntents();

        /** Writes that are finished and still remembered; the oldest go first. */
        @WithDefault("10000")
        int finishedIntents();

        /** How long a finished write is remembered. */
        @WithDefault("24h")
        Duration finishedIntentAge();

        /** Of UTF-8 in all intents. */
        @WithDefault("67108864")
        long intentBytes();

        /** Requests that are remembered at a time. */
        @WithDefault("500000")
        int requests();

        /**
         * How long each is remembered; three minutes or more: a caller may send an id again for one, its member tries for one, and a try
         * may take one.
         */
        @WithDefault("3m")
        Duration requestWindow();
    }
}
