package org.vsekai.nebula.updater.assets;

import java.net.URI;
import java.nio.charset.StandardCharsets;

/**
 * A relative reference (RFC 3986, 4.2) to something in asset-store. The database holds these, so that asset-store can
 * move; answers hold them resolved against its public address.
 */
public record AssetReference(String text) {
    /** Besides letters and digits: what a fragment may hold as it is (RFC 3986, 3.5). */
    private static final String LITERAL = "-._~!$&'()*+,;=:@/?";

    private static final char[] HEX = "0123456789ABCDEF".toCharArray();

    /** {@code manifests/{name}}. */
    public static AssetReference to(ManifestName manifest) {
        return new AssetReference("manifests/" + manifest.text());
    }

    /** {@code indexes/{name}}. */
    public static AssetReference to(IndexName index) {
        return new AssetReference("indexes/" + index.text());
    }

    /** {@code indexes/{name}#{path}}: one file of the archive, the path percent-encoded as UTF-8. */
    public static AssetReference to(IndexName index, String path) {
        StringBuilder text = new StringBuilder("indexes/").append(index.text()).append('#');
        for (byte octet : path.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (octet & 0xff);
            if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || LITERAL.indexOf(c) >= 0) {
                text.append(c);
            } else {
                text.append('%').append(HEX[c >> 4]).append(HEX[c & 0xf]);
            }
        }
        return new AssetReference(text.toString());
    }

    /** @param base asset-store's public address, with a trailing slash */
    public URI resolve(URI base) {
        return base.resolve(text);
    }
}
