package org.vsekai.nebula.stores.sftp;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.vsekai.nebula.casync.PeerTool;
import org.vsekai.nebula.stores.Ports;

/** OpenSSH's server as a child process, with keys and settings of its own, on loopback. */
public final class SftpServer implements AutoCloseable {
    private final PeerTool sshd = PeerTool.find("sshd");
    private final Path folder;
    private final int port;
    private Process process;

    /** @param folder for all that it needs, empty */
    public SftpServer(Path folder) throws IOException, InterruptedException {
        this.folder = folder;
        this.port = Ports.free();
        PeerTool keygen = PeerTool.find("ssh-keygen");
        for (String key : List.of("host", "user", "stranger")) {
            keygen.succeed(folder, "-q", "-t", "ed25519", "-N", "", "-f", folder.resolve(key));
        }
        Files.copy(folder.resolve("user.pub"), folder.resolve("authorized_keys"));
        Files.createDirectory(folder.resolve("data"));
        know(port);
        Files.writeString(folder.resolve("sshd_config"), """
                ListenAddress 127.0.0.1:%d
                HostKey %s
                PidFile none
                AuthorizedKeysFile %s
                StrictModes no
                UsePAM no
                PasswordAuthentication no
                KbdInteractiveAuthentication no
                PermitRootLogin prohibit-password
                MaxStartups 100
                Subsystem sftp internal-sftp
                """.formatted(
                        port, folder.resolve("host"), folder.resolve("authorized_keys")));
        if (System.getProperty("user.name").equals("root")) {
            // The empty folder that sshd locks its unprivileged part into; the system makes it when it starts its own.
            Files.createDirectories(Path.of("/run/sshd"));
        }
        start();
    }

    public void start() throws IOException, InterruptedException {
        process = sshd.start(folder, "-D", "-e", "-f", folder.resolve("sshd_config"));
        Ports.await(port, process);
    }

    /** Makes the server trusted by way of a port of this machine that leads here. */
    public void know(int by) throws IOException {
        String key = Files.readString(folder.resolve("host.pub")).replaceFirst("^(\\S+ \\S+).*", "$1");
        Path known = folder.resolve("known_hosts");
        Files.writeString(
                known, (Files.exists(known) ? Files.readString(known) : "") + "[127.0.0.1]:" + by + " " + key);
    }

    /** As a power cut does, the parts that serve a connection included. */
    public void kill() throws InterruptedException {
        List<ProcessHandle> all = process.descendants().toList();
        process.destroyForcibly();
        all.forEach(ProcessHandle::destroyForcibly);
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            throw new IllegalStateException("the server does not die");
        }
    }

    public int port() {
        return port;
    }

    /** Below it everything is stored. */
    public Path data() {
        return folder.resolve("data");
    }

    public Path file(String name) {
        return folder.resolve(name);
    }

    /** What a store takes keys and trust from. */
    public Map<String, String> environment() {
        return Map.of(
                "SFTP_KNOWN_HOSTS", folder.resolve("known_hosts").toString(),
                "SFTP_KEY", folder.resolve("user").toString());
    }

    public SftpOptions options(String below) {
        return options(below, port, environment());
    }

    public SftpOptions options(String below, int by, Map<String, String> environment) {
        return SftpOptions.of(
                "127.0.0.1",
                by,
                System.getProperty("user.name"),
                data().resolve(below).toString(),
                environment);
    }

    @Override
    public void close() throws InterruptedException {
        kill();
    }
}
