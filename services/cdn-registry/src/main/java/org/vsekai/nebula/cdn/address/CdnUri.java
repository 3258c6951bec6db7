package org.vsekai.nebula.cdn.address;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The base URI of a CDN in normal form: http or https, lower-case scheme and host, no user info, query or fragment, no
 * dot segments, and a trailing slash, so that {@code chunks/…} can be appended.
 *
 * @param text the normal form; equal texts are equal CDN bases
 */
public record CdnUri(String text) {
    /** The longest accepted URI, in characters. */
    public static final int MAX_LENGTH = 2_000;

    /** Empty, or one or two dots, which may be written as %2e. */
    private static final Pattern BAD_SEGMENT = Pattern.compile("//|/(\\.|%2[eE]){1,2}(/|$)");

    private static final Pattern DOTTED_QUAD =
            Pattern.compile("(0|[1-9]\\d{0,2})\\.(0|[1-9]\\d{0,2})\\.(0|[1-9]\\d{0,2})\\.(0|[1-9]\\d{0,2})");
    /**
     * A last label that some resolver reads as a number, so that the host is an IPv4 address in disguise: 2130706433,
     * 0x7f.1, 0177.0.0.1 (the WHATWG URL standard's "ends in a number").
     */
    private static final Pattern ENDS_IN_NUMBER = Pattern.compile("(.*\\.)?(\\d+|0[xX][0-9a-fA-F]*)");

    /** Checks that {@code text} is in normal form already. */
    public CdnUri {
        if (!normalize(text).equals(text)) {
            throw new CdnUriRefusedException(text, "it is not in normal form");
        }
    }

    /**
     * Brings a URI into normal form.
     *
     * @throws CdnUriRefusedException if it is not the base URI of a CDN
     */
    public static CdnUri parse(String text) {
        return new CdnUri(normalize(text));
    }

    private static String normalize(String text) {
        if (text.length() > MAX_LENGTH) {
            throw new CdnUriRefusedException(
                    text.substring(0, 80) + "…", "it is longer than " + MAX_LENGTH + " characters");
        }
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            throw new CdnUriRefusedException(text, "it is not a URI: " + e.getReason());
        }
        if (!"http".equalsIgnoreCase(uri.getScheme()) && !"https".equalsIgnoreCase(uri.getScheme())) {
            throw new CdnUriRefusedException(text, "its scheme must be http or https");
        }
        if (uri.getHost() == null) {
            throw new CdnUriRefusedException(text, "it has no valid host");
        }
        if (uri.getRawUserInfo() != null || uri.getRawQuery() != null || uri.getRawFragment() != null) {
            throw new CdnUriRefusedException(text, "it must not have user info, a query or a fragment");
        }
        if (uri.getPort() == 0 || uri.getPort() > 65_535) {
            throw new CdnUriRefusedException(text, "its port must be between 1 and 65535");
        }
        String path = uri.getRawPath();
        if (BAD_SEGMENT.matcher(path).find()) {
            throw new CdnUriRefusedException(text, "its path must not have empty or dot segments");
        }
        return uri.getScheme().toLowerCase(Locale.ROOT)
                + "://"
                + host(text, uri)
                + (uri.getPort() < 0 ? "" : ":" + uri.getPort())
                + (path.endsWith("/") ? path : path + "/");
    }

    private static String host(String text, URI uri) {
        String host = uri.getHost().toLowerCase(Locale.ROOT);
        if (host.startsWith("[")) {
            if (host.contains("%")) {
                throw new CdnUriRefusedException(text, "its host must not have a zone");
            }
            return host;
        }
        if (host.endsWith(".")) {
            host = host.substring(0, host.length() - 1);
        }
        if (ENDS_IN_NUMBER.matcher(host).matches() && !DOTTED_QUAD.matcher(host).matches()) {
            throw new CdnUriRefusedException(
                    text, "its host is a number; write an IPv4 address as four decimal numbers without leading zeros");
        }
        return host;
    }

    private URI uri() {
        return URI.create(text);
    }

    /** The host as it stands in the URI and in a Host header: an IPv6 literal has brackets. */
    public String authorityHost() {
        return uri().getHost();
    }

    /** The host name or address literal, an IPv6 literal without its brackets. */
    public String host() {
        String host = authorityHost();
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    /** The port to connect to. */
    public int port() {
        int port = uri().getPort();
        return port >= 0 ? port : tls() ? 443 : 80;
    }

    /** Whether the scheme is https. */
    public boolean tls() {
        return text.startsWith("https:");
    }

    /** The raw path of {@code relative} below this base. */
    public String path(String relative) {
        return uri().getRawPath() + relative;
    }

    @Override
    public String toString() {
        return text;
    }
}
