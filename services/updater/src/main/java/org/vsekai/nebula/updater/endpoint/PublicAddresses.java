package org.vsekai.nebula.updater.endpoint;

import jakarta.enterprise.context.ApplicationScoped;
import java.net.URI;
import java.util.Locale;
import org.vsekai.nebula.updater.assets.AssetReference;

/** The services' public addresses, checked, each with a trailing slash. Immutable. */
@ApplicationScoped
public class PublicAddresses {
    private final URI updater;
    private final URI cdnRegistry;
    private final URI assetStore;

    PublicAddresses(PublicAddressConfig config) {
        updater = base("updater", config.updater());
        cdnRegistry = base("cdn-registry", config.cdnRegistry());
        assetStore = base("asset-store", config.assetStore());
    }

    static URI base(String name, URI uri) {
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        if (!(scheme.equals("http") || scheme.equals("https"))
                || uri.getHost() == null
                || uri.getRawUserInfo() != null
                || uri.getRawQuery() != null
                || uri.getRawFragment() != null) {
            throw new IllegalArgumentException("nebula.updater.public." + name
                    + " must be an http or https address without user, query and fragment, not " + uri);
        }
        return uri.toString().endsWith("/") ? uri : URI.create(uri + "/");
    }

    URI updater() {
        return updater;
    }

    URI cdnRegistry() {
        return cdnRegistry;
    }

    URI assetStore() {
        return assetStore;
    }

    /** Where the public finds it. */
    public URI resolve(AssetReference reference) {
        return reference.resolve(assetStore);
    }
}
