package org.vsekai.nebula.stores.sftp;

import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a store behind SFTP is and how it is reached.
 *
 * @param folder on the server, absolute
 * @param knownHosts file of the server keys that are trusted, as OpenSSH keeps it; any other key is refused
 * @param keys files of private keys to offer; if empty those that OpenSSH offers by default
 * @param agentSocket of a running SSH agent, asked too
 * @param password tried last
 * @param connectTimeout to connect, and again to authenticate
 * @param stallTimeout that the server may say nothing while it is waited for
 * @param minBytesPerStall that a file has to bring in that time of reading
 * @param connections at a time; who comes when all are taken waits for {@code stallTimeout}
 * @param attempts how often in all something is tried when the connection fails
 */
public record SftpOptions(
        String host,
        int port,
        String user,
        String folder,
        Path knownHosts,
        List<Path> keys,
        @Nullable Path agentSocket,
        @Nullable String password,
        Duration connectTimeout,
        Duration stallTimeout,
        int minBytesPerStall,
        int connections,
        int attempts) {
    public static final int DEFAULT_PORT = 22;

    public SftpOptions {
        if (!folder.startsWith("/")) {
            throw new IllegalArgumentException("want an absolute folder, not \"" + folder + "\"");
        }
        if (connections < 1 || connections > 64 || attempts < 1 || attempts > 100) {
            throw new IllegalArgumentException(
                    "want 1 to 64 connections and 1 to 100 attempts, not %d and %d".formatted(connections, attempts));
        }
        keys = List.copyOf(keys);
    }

    /**
     * With the bounds that stand by default.
     *
     * @param environment {@code SFTP_KNOWN_HOSTS} (else {@code ~/.ssh/known_hosts}), {@code SFTP_KEY} (files, separated as in
     *     PATH), {@code SFTP_PASSWORD}, {@code SSH_AUTH_SOCK}
     */
    public static SftpOptions of(String host, int port, String user, String folder, Map<String, String> environment) {
        @Nullable String knownHosts = environment.get("SFTP_KNOWN_HOSTS");
        @Nullable String agent = environment.get("SSH_AUTH_SOCK");
        return new SftpOptions(
                host,
                port,
                user,
                folder,
                knownHosts == null
                        ? Path.of(System.getProperty("user.home"), ".ssh", "known_hosts")
                        : Path.of(knownHosts),
                Arrays.stream(environment.getOrDefault("SFTP_KEY", "").split(File.pathSeparator))
                        .filter(file -> !file.isEmpty())
                        .map(Path::of)
                        .toList(),
                agent == null || agent.isEmpty() ? null : Path.of(agent),
                environment.get("SFTP_PASSWORD"),
                Duration.ofSeconds(15),
                Duration.ofSeconds(30),
                4096,
                8,
                3);
    }

    /** With other bounds. */
    public SftpOptions bounded(Duration stall, int attempts) {
        return new SftpOptions(
                host,
                port,
                user,
                folder,
                knownHosts,
                keys,
                agentSocket,
                password,
                connectTimeout,
                stall,
                minBytesPerStall,
                connections,
                attempts);
    }

    /** What the store is called. */
    String name() {
        return "sftp://%s@%s:%d%s".formatted(user, host, port, folder);
    }

    /** Keeps the password out of logs. */
    @Override
    public String toString() {
        return "SftpOptions[%s, knownHosts=%s, keys=%s, password=%s]"
                .formatted(name(), knownHosts, keys, password == null ? "none" : "set");
    }
}
