package org.vsekai.nebula.stores.url;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.vsekai.nebula.casync.store.HttpChunkStore;
import org.vsekai.nebula.casync.store.HttpStoreOptions;
import org.vsekai.nebula.casync.store.ReadableStore;
import org.vsekai.nebula.casync.store.Stores;
import org.vsekai.nebula.casync.store.WritableStore;
import org.vsekai.nebula.stores.FailoverStore;
import org.vsekai.nebula.stores.FolderObjects;
import org.vsekai.nebula.stores.ObjectChunkStore;
import org.vsekai.nebula.stores.ObjectStore;
import org.vsekai.nebula.stores.s3.S3Objects;
import org.vsekai.nebula.stores.s3.S3Options;
import org.vsekai.nebula.stores.sftp.SftpObjects;
import org.vsekai.nebula.stores.sftp.SftpOptions;

/**
 * Opens stores:
 *
 * <ul>
 *   <li>a folder, {@code file:/folder/}
 *   <li>{@code http://host/path/}, {@code https://host/path/}; the certificates of {@code SSL_CERT_FILE} are trusted instead of
 *       Java's if it is set
 *   <li>{@code s3://bucket/prefix}, with {@code ?region=}, {@code endpoint=} and {@code lookup=path} or {@code dns} for
 *       compatible servers; or as desync writes it, {@code s3+https://host/bucket/prefix} and {@code s3+http://…}
 *   <li>{@code sftp://user@host:port/folder}, the folder being absolute
 *   <li>several of these with {@code |} between them: a failover group, for reading
 * </ul>
 *
 * Nothing is touched yet, so a store that does not exist shows when it is used. URLs hold no secrets: those come from the
 * environment, see {@link S3Objects} and {@link SftpOptions#of}. Libraries are loaded only for the kind of store that is asked
 * for.
 */
public final class StoreUrls {
    private static final Set<String> S3_PARAMETERS = Set.of("region", "endpoint", "lookup");
    private static final String DEFAULT_REGION = "us-east-1";
    private static final int MAX_MEMBERS = 32;

    /** A file of certificates, as OpenSSL and Go's programs, desync among them, take it. */
    private static final String CERTIFICATES = "SSL_CERT_FILE";

    private final HttpStoreOptions http;
    private final Map<String, String> environment;

    /** @param environment where secrets are looked for */
    public StoreUrls(HttpStoreOptions http, Map<String, String> environment) {
        this.http = http;
        this.environment = Map.copyOf(environment);
    }

    /**
     * A store to read chunks from, or a failover group.
     *
     * @throws IllegalArgumentException names the store and what is wrong with its text
     */
    public ReadableStore openReadable(String text) {
        if (!text.contains("|")) {
            return openWritable(text);
        }
        List<String> members = Arrays.stream(text.split("\\|", -1)).toList();
        if (members.size() > MAX_MEMBERS) {
            throw new IllegalArgumentException(
                    "%d stores in a group are too many: at most %d".formatted(members.size(), MAX_MEMBERS));
        }
        return new FailoverStore(members.stream().map(this::openWritable).toList());
    }

    /**
     * A store to read chunks from and write them to. It is a {@link org.vsekai.nebula.casync.store.ManagedStore} unless it is
     * behind HTTP.
     *
     * @throws IllegalArgumentException names the store and what is wrong with its text
     */
    public WritableStore openWritable(String text) {
        if (text.contains("|")) {
            throw new IllegalArgumentException("a group of stores can only be read: name one to write to");
        }
        return findRemote(text)
                .<WritableStore>map(objects -> new ObjectChunkStore(objects, ""))
                .orElseGet(() -> text.regionMatches(true, 0, "https:", 0, 6) && environment.containsKey(CERTIFICATES)
                        ? https(text)
                        : Stores.open(text, http));
    }

    private WritableStore https(String text) {
        try {
            return new HttpChunkStore(
                    parse(text), http, TrustedCertificates.of(Path.of(environment.getOrDefault(CERTIFICATES, ""))));
        } catch (IllegalArgumentException e) {
            throw wrong(text, String.valueOf(e.getMessage()));
        }
    }

    /**
     * A place for objects of any kind: a folder, S3 or SFTP.
     *
     * @throws IllegalArgumentException names the store and what is wrong with its text
     */
    public ObjectStore openObjects(String text) {
        return findRemote(text).orElseGet(() -> {
            URI url = parse(text);
            if (!"file".equals(url.getScheme()) || url.getPath() == null) {
                throw wrong(text, "want a file:, s3: or sftp: URL with an absolute path");
            }
            return new FolderObjects(Path.of(url.getPath()).toAbsolutePath().normalize());
        });
    }

    private Optional<ObjectStore> findRemote(String text) {
        String start = text.toLowerCase(Locale.ROOT);
        if (start.startsWith("s3:") || start.startsWith("s3+http:") || start.startsWith("s3+https:")) {
            return Optional.of(new S3Objects(s3(text, parse(text)), environment));
        }
        return start.startsWith("sftp:") ? Optional.of(new SftpObjects(sftp(text, parse(text)))) : Optional.empty();
    }

    private static URI parse(String text) {
        URI url;
        try {
            url = new URI(text);
        } catch (URISyntaxException e) {
            throw wrong(text, "it is not a URL: " + e.getReason());
        }
        if (url.getRawFragment() != null) {
            throw wrong(text, "it has a fragment");
        }
        return url;
    }

    private static IllegalArgumentException wrong(String text, String what) {
        return new IllegalArgumentException(
                "store \"%s\": %s".formatted(text.replaceFirst("//[^/@]*@", "//...@"), what));
    }

    /** Parts of a path without empty ones. */
    private static List<String> parts(URI url) {
        return Arrays.stream((url.getPath() == null ? "" : url.getPath()).split("/"))
                .filter(part -> !part.isEmpty())
                .toList();
    }

    private S3Options s3(String text, URI url) {
        if (url.getRawUserInfo() != null) {
            throw wrong(text, "credentials come from the environment (S3_ACCESS_KEY, S3_SECRET_KEY), not from a URL");
        }
        if (url.getRawAuthority() == null) {
            throw wrong(text, "want s3://bucket/prefix or s3+https://host/bucket/prefix");
        }
        Map<String, String> parameters = parameters(text, url);
        String region = parameters.getOrDefault(
                "region",
                environment.getOrDefault(
                        "S3_REGION",
                        environment.getOrDefault(
                                "AWS_REGION", environment.getOrDefault("AWS_DEFAULT_REGION", DEFAULT_REGION))));
        List<String> parts = parts(url);
        Optional<URI> endpoint = Optional.ofNullable(parameters.get("endpoint")).map(value -> endpoint(text, value));
        String bucket = url.getRawAuthority();
        if (!url.getScheme().equalsIgnoreCase("s3")) {
            if (parts.isEmpty() || endpoint.isPresent()) {
                throw wrong(text, "want s3+https://host/bucket/prefix, and no endpoint beside the host");
            }
            endpoint =
                    Optional.of(URI.create(url.getScheme().substring("s3+".length()) + "://" + url.getRawAuthority()));
            bucket = parts.getFirst();
            parts = parts.subList(1, parts.size());
        }
        boolean isInPath =
                switch (parameters.getOrDefault("lookup", "auto")) {
                    case "path" -> true;
                    case "dns" -> false;
                    case "auto" -> endpoint.isPresent();
                    default -> throw wrong(text, "lookup is path, dns or auto");
                };
        S3Options options = S3Options.of(bucket, String.join("/", parts), region);
        return endpoint.isPresent() ? options.at(endpoint.get(), isInPath) : options;
    }

    private static URI endpoint(String text, String value) {
        URI endpoint = parse(value.contains("://") ? value : "https://" + value);
        if (!Set.of("http", "https").contains(endpoint.getScheme())
                || endpoint.getHost() == null
                || endpoint.getRawUserInfo() != null) {
            throw wrong(text, "want an endpoint like https://host:9000");
        }
        return endpoint;
    }

    private static Map<String, String> parameters(String text, URI url) {
        Map<String, String> parameters = new HashMap<>();
        String query = url.getRawQuery() == null ? "" : url.getRawQuery();
        for (String parameter : query.split("&")) {
            if (parameter.isEmpty()) {
                continue;
            }
            int equals = parameter.indexOf('=');
            String name = parameter.substring(0, Math.max(equals, 0));
            if (!S3_PARAMETERS.contains(name)) {
                throw wrong(text, "its parameters may be region, endpoint and lookup, not \"" + parameter + "\"");
            }
            parameters.put(name, URLDecoder.decode(parameter.substring(equals + 1), StandardCharsets.UTF_8));
        }
        return parameters;
    }

    private SftpOptions sftp(String text, URI url) {
        String user = url.getUserInfo() == null ? System.getProperty("user.name") : url.getUserInfo();
        if (user.contains(":")) {
            throw wrong(text, "a password comes from the environment (SFTP_PASSWORD), not from a URL");
        }
        if (url.getHost() == null || url.getRawQuery() != null || parts(url).isEmpty()) {
            throw wrong(text, "want sftp://user@host:port/folder");
        }
        return SftpOptions.of(
                url.getHost(),
                url.getPort() < 0 ? SftpOptions.DEFAULT_PORT : url.getPort(),
                user,
                "/" + String.join("/", parts(url)),
                environment);
    }
}
