package org.vsekai.nebula.launcher.chunks;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** What a server proves with who it is, from the PEM files that other servers use too. */
final class ServerIdentity {
    private static final int MAX_BYTES = 1 << 20;
    private static final Pattern KEY =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");

    private ServerIdentity() {}

    /**
     * @param chain certificates, the server's own first
     * @param key of the first certificate, in PKCS #8
     * @throws IOException naming the file that cannot be read or used
     */
    static SSLContext load(Path chain, Path key) throws IOException {
        char[] none = new char[0];
        try {
            Certificate[] certificates = certificates(chain);
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, none);
            store.setKeyEntry("server", key(key, certificates[0]), none, certificates);
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, none);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), null, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException("%s and %s cannot be used: %s".formatted(chain, key, e.getMessage()), e);
        }
    }

    private static Certificate[] certificates(Path chain) throws IOException {
        try (InputStream in = Files.newInputStream(chain)) {
            Certificate[] found = CertificateFactory.getInstance("X.509")
                    .generateCertificates(in)
                    .toArray(Certificate[]::new);
            if (found.length > 0) {
                return found;
            }
            throw new IOException(chain + " holds no certificate");
        } catch (GeneralSecurityException e) {
            throw new IOException("%s is not a PEM file of certificates: %s".formatted(chain, e.getMessage()), e);
        }
    }

    private static PrivateKey key(Path file, Certificate owner) throws IOException {
        Matcher pem;
        try (InputStream in = Files.newInputStream(file)) {
            pem = KEY.matcher(new String(in.readNBytes(MAX_BYTES), StandardCharsets.US_ASCII));
        }
        try {
            if (pem.find()) {
                byte[] encoded = Base64.getMimeDecoder().decode(pem.group(1));
                return KeyFactory.getInstance(owner.getPublicKey().getAlgorithm())
                        .generatePrivate(new PKCS8EncodedKeySpec(encoded));
            }
            throw new IOException(
                    file + " holds no unencrypted PKCS #8 key; convert it with: openssl pkcs8 -topk8 -nocrypt");
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IOException("%s is not the key of the certificate: %s".formatted(file, e.getMessage()), e);
        }
    }
}
