package org.vsekai.nebula.casync.store;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** What everything that fetches from a store over HTTP does alike. */
final class HttpClients {
    private HttpClients() {}

    /** @throws IllegalArgumentException for another scheme, and for a URL with credentials, query or fragment */
    static void check(URI url) {
        if (url.getHost() == null || !(isTls(url) || "http".equalsIgnoreCase(url.getScheme()))) {
            throw new IllegalArgumentException("want a URL like https://host/path/");
        }
        if (url.getRawUserInfo() != null || url.getRawQuery() != null || url.getRawFragment() != null) {
            throw new IllegalArgumentException(
                    "the URL of a store on %s has credentials, a query or a fragment; ".formatted(url.getHost())
                            + "give credentials as the Authorization option");
        }
    }

    static HttpClient open(URI url, HttpStoreOptions options) {
        return open(url, options, null);
    }

    /** @param tls null for the JDK's own */
    static HttpClient open(URI url, HttpStoreOptions options, @Nullable SSLContext tls) {
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(isTls(url) ? HttpClient.Version.HTTP_2 : HttpClient.Version.HTTP_1_1)
                .followRedirects(
                        options.authorization() == null ? HttpClient.Redirect.NORMAL : HttpClient.Redirect.NEVER)
                .connectTimeout(options.connectTimeout());
        return (tls == null ? builder : builder.sslContext(tls)).build();
    }

    private static boolean isTls(URI url) {
        return "https".equalsIgnoreCase(url.getScheme());
    }

    static String reason(IOException fault) {
        String kind = fault.getClass().getSimpleName();
        return fault.getMessage() == null ? kind : kind + ": " + fault.getMessage();
    }
}
