package org.vsekai.nebula.ledger.consensus;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Certificates for members of tests. */
final class Authority {
    static final String PASSWORD = "changeit";

    private Authority() {}

    /** A key store with a certificate of its own, and a trust store that leads to that alone: each call makes another authority. */
    static MemberConfig.Tls in(Path folder, String name) throws IOException, InterruptedException {
        Path keys = folder.resolve(name + "-keys.p12");
        Path trusted = folder.resolve(name + "-trusted.p12");
        Path certificate = folder.resolve(name + ".cer");
        keytool(
                "-genkeypair",
                "-alias",
                "member",
                "-keyalg",
                "EC",
                "-dname",
                "CN=" + name,
                "-validity",
                "2",
                "-storetype",
                "PKCS12",
                "-keystore",
                keys.toString(),
                "-storepass",
                PASSWORD);
        keytool(
                "-exportcert",
                "-alias",
                "member",
                "-keystore",
                keys.toString(),
                "-storepass",
                PASSWORD,
                "-file",
                certificate.toString());
        keytool(
                "-importcert",
                "-noprompt",
                "-alias",
                "member",
                "-file",
                certificate.toString(),
                "-storetype",
                "PKCS12",
                "-keystore",
                trusted.toString(),
                "-storepass",
                PASSWORD);
        return new MemberConfig.Tls(keys, PASSWORD, trusted, PASSWORD);
    }

    private static void keytool(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", arguments));
        }
    }
}
