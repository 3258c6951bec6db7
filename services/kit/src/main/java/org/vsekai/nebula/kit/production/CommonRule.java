package org.vsekai.nebula.kit.production;

import jakarta.enterprise.context.Dependent;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.eclipse.microprofile.config.Config;

/** What every service has: a database, tokens, the shared cache, the ledger's address, and ports. */
@Dependent
class CommonRule implements ProductionRule {
    private static final List<String> GUESSED = List.of(
            "",
            "token",
            "secret",
            "password",
            "changeme",
            "change-me",
            "admin",
            "test",
            "nebula",
            "operator",
            "publisher",
            "server");
    private static final List<String> ROLES = List.of("publisher", "operator", "server");

    private final Config config;

    CommonRule(Config config) {
        this.config = config;
    }

    @Override
    public List<Finding> findings() {
        List<Finding> all = new ArrayList<>();
        tokens(all);
        database(all);
        cache(all);
        ports(all);
        boolean plain = find("nebula.ledger.trust").isEmpty();
        if (plain
                && list("nebula.ledger.endpoints").stream().map(Hosts::of).anyMatch(host -> !Hosts.isLoopback(host))) {
            all.add(new Finding(
                    "plain-ledger",
                    "the ledger of nebula.ledger.endpoints is reached in plain text: whoever listens learns the server token."
                            + " Set nebula.ledger.trust, or hold the connection to a network of your own"));
        }
        return all;
    }

    private void tokens(List<Finding> all) {
        Set<String> guessed = new HashSet<>();
        GUESSED.forEach(token -> guessed.add(digest(token)));
        Set<String> seen = new HashSet<>();
        for (String role : ROLES) {
            Set<String> digests = new HashSet<>();
            list("nebula.auth." + role).forEach(digest -> digests.add(digest.toLowerCase(Locale.ROOT)));
            if (digests.stream().anyMatch(guessed::contains)) {
                all.add(
                        new Finding(
                                "guessed-token",
                                "nebula.auth." + role
                                        + " has the digest of a word that anybody tries first. Make one with openssl rand -hex 32"));
            }
            if (digests.stream().anyMatch(seen::contains)) {
                all.add(
                        new Finding(
                                "shared-token",
                                "nebula.auth." + role
                                        + " has a digest of another role too: whoever has that token may do both. Make one for each"));
            }
            seen.addAll(digests);
        }
    }

    private void database(List<Finding> all) {
        Optional<String> url = find("quarkus.datasource.reactive.url");
        if (url.isEmpty()) {
            return;
        }
        if (find("quarkus.datasource.password").isEmpty()) {
            all.add(new Finding(
                    "no-database-password",
                    "NEBULA_DATABASE_PASSWORD is not set: the database lets anybody in who reaches it"));
        }
        boolean encrypted = url.get().contains("sslmode=")
                || find("quarkus.datasource.reactive.postgresql.ssl-mode")
                        .filter(mode -> !mode.equals("disable"))
                        .isPresent();
        if (!encrypted && !Hosts.isLoopback(host(url.get()))) {
            all.add(
                    new Finding(
                            "plain-database",
                            "NEBULA_DATABASE_URL leads to another machine in plain text. Add ?sslmode=verify-full, or hold the connection to a network of your own"));
        }
    }

    private void cache(List<Finding> all) {
        List<String> hosts = list("nebula.cache.hosts");
        if (hosts.isEmpty()) {
            return;
        }
        if (find("nebula.cache.user").isEmpty() || find("nebula.cache.password").isEmpty()) {
            all.add(
                    new Finding(
                            "no-cache-password",
                            "nebula.cache.user or nebula.cache.password is not set: anybody who reaches the cache can change answers and zones"));
        }
        boolean away = hosts.stream().map(Hosts::of).anyMatch(host -> !Hosts.isLoopback(host));
        if (away && !find("nebula.cache.tls").map(Boolean::parseBoolean).orElse(false)) {
            all.add(
                    new Finding(
                            "plain-cache",
                            "nebula.cache.tls is false and nebula.cache.hosts is not this machine. Set it, or hold the connection to a network of your own"));
        }
    }

    private void ports(List<Finding> all) {
        boolean http = find("quarkus.http.ssl.certificate.key-store-file").isPresent()
                || find("quarkus.http.ssl.certificate.files").isPresent()
                || find("quarkus.http.tls-configuration-name").isPresent();
        if (!http && !find("quarkus.http.host").map(Hosts::isLoopback).orElse(false)) {
            all.add(
                    new Finding(
                            "plain-http",
                            "NEBULA_HTTP_HOST is reached over the network in plain text, tokens included. End TLS in front of it and accept this, or set quarkus.http.ssl"));
        }
        boolean grpc = find("quarkus.grpc.server.ssl.certificate").isPresent()
                || find("quarkus.grpc.server.ssl.key-store").isPresent()
                || find("quarkus.grpc.server.tls-configuration-name").isPresent();
        if (!grpc && !find("quarkus.grpc.server.host").map(Hosts::isLoopback).orElse(false)) {
            all.add(
                    new Finding(
                            "plain-grpc",
                            "NEBULA_GRPC_HOST is reached over the network in plain text, tokens included. End TLS in front of it and accept this, or set quarkus.grpc.server.ssl"));
        }
    }

    private Optional<String> find(String property) {
        return config.getOptionalValue(property, String.class).filter(value -> !value.isBlank());
    }

    private List<String> list(String property) {
        return config.getOptionalValues(property, String.class).orElse(List.of());
    }

    private static String host(String url) {
        String host = URI.create(url.replaceFirst("^vertx-reactive:", "")).getHost();
        return host == null ? "" : host;
    }

    private static String digest(String token) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }
}
