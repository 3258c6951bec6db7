package org.vsekai.nebula.stores.s3;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.vsekai.nebula.casync.PeerTool;
import org.vsekai.nebula.stores.Ports;

/**
 * VersityGW, an S3 server over a folder, as a child process. The folder's file system must know extended attributes: with its
 * attributes in files beside, the gateway answers 404 for an object that two clients put at once.
 */
public final class S3Server implements AutoCloseable {
    public static final String BUCKET = "games";

    /** What a store takes its credentials from. */
    public static final Map<String, String> ENVIRONMENT =
            Map.of("S3_ACCESS_KEY", "nebula", "S3_SECRET_KEY", "quite-secret");

    private final PeerTool tool = PeerTool.find("versitygw");
    private final Path folder;
    private final int port;
    private Process process;

    /** @param folder for all that it needs, empty */
    public S3Server(Path folder) throws IOException, InterruptedException {
        this.folder = folder;
        this.port = Ports.free();
        Files.createDirectories(folder.resolve("data").resolve(BUCKET));
        start();
    }

    public void start() throws IOException, InterruptedException {
        process = tool.start(
                folder,
                "--quiet",
                "--keep-alive",
                "--port",
                "127.0.0.1:" + port,
                "--access",
                ENVIRONMENT.get("S3_ACCESS_KEY"),
                "--secret",
                ENVIRONMENT.get("S3_SECRET_KEY"),
                "posix",
                folder.resolve("data"));
        Ports.await(port, process);
    }

    /** As a power cut does. */
    public void kill() throws InterruptedException {
        process.destroyForcibly();
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            throw new IllegalStateException("the server does not die");
        }
    }

    public int port() {
        return port;
    }

    public S3Options options(String prefix) {
        return options(prefix, port);
    }

    /** By way of a port of this machine that leads here. */
    public S3Options options(String prefix, int by) {
        return S3Options.of(BUCKET, prefix, "us-east-1").at(URI.create("http://127.0.0.1:" + by), true);
    }

    @Override
    public void close() throws InterruptedException {
        kill();
    }
}
