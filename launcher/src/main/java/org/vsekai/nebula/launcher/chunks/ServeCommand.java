package org.vsekai.nebula.launcher.chunks;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.casync.chunk.ChunkDigest;
import org.vsekai.nebula.casync.chunk.ChunkSizes;
import org.vsekai.nebula.casync.durable.DurableFiles;
import org.vsekai.nebula.casync.store.LocalChunkStore;
import org.vsekai.nebula.casync.store.WritableStore;
import org.vsekai.nebula.launcher.console.GlobalOptions;
import org.vsekai.nebula.launcher.progress.ProgressEvent.Noted;
import org.vsekai.nebula.launcher.progress.ProgressListener;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code chunks serve -s STORE}. */
@Command(
        name = "serve",
        aliases = "chunk-server",
        mixinStandardHelpOptions = true,
        description = {
            "Serves the chunks of a store over HTTP, for vsekai, desync and casync, until it is ended.",
            "The store may be at a server itself. With several, the first that has a chunk gives it. Chunks are sent as"
                    + " stored; those that are taken, with --writable, are verified first."
        },
        footer = {
            "",
            "Examples:",
            "  vsekai chunks serve -s /srv/store",
            "  vsekai chunks serve -s /srv/store -l :8443 --cert cert.pem --key key.pem"
        })
final class ServeCommand implements Callable<Integer> {
    private static final Pattern ADDRESS = Pattern.compile("(\\[[0-9A-Fa-f:.]+]|[^:]*):(\\d{1,5})");
    private static final int MAX_REQUESTS_LIMIT = 1024;

    @Spec
    private CommandSpec command = CommandSpec.create();

    @Option(
            names = {"-s", "--store"},
            paramLabel = "STORE",
            required = true,
            description = "The store to serve; repeat it to name others to ask when one lacks a chunk.")
    private List<String> stores = new ArrayList<>();

    @Option(
            names = {"-l", "--listen"},
            paramLabel = "[HOST]:PORT",
            defaultValue = "127.0.0.1:8080",
            description = "Where to listen; without HOST on every address, with PORT 0 on a free port."
                    + " Default: ${DEFAULT-VALUE}, which only this machine reaches.")
    private String listen = "";

    @Option(
            names = {"-w", "--writable"},
            description =
                    "Take chunks too, into the one store that is named. On an address that other machines reach this"
                            + " needs --client-authorization.")
    private boolean writable;

    @Option(
            names = "--client-authorization",
            paramLabel = "HEADER",
            defaultValue = "${env:VSEKAI_SERVE_AUTHORIZATION}",
            description =
                    "What clients must send as Authorization. Default: $VSEKAI_SERVE_AUTHORIZATION, else nothing.")
    private @Nullable String clientAuthorization;

    @Option(names = "--cert", paramLabel = "FILE", description = "Serve HTTPS with these certificates (PEM).")
    private @Nullable Path certificate;

    @Option(names = "--key", paramLabel = "FILE", description = "The key of the certificate (PEM, PKCS #8).")
    private @Nullable Path key;

    @Option(
            names = "--digest",
            paramLabel = "NAME",
            defaultValue = "sha512-256",
            converter = ChunkingOptions.DigestConverter.class,
            description = "What the ids of chunks that are taken are made with. Default: ${DEFAULT-VALUE}.")
    private ChunkDigest digest = ChunkDigest.SHA512_256;

    @Option(
            names = "--max-chunk",
            paramLabel = "KIB",
            defaultValue = "4096",
            description = "Largest plain chunk that is served or taken. Default: ${DEFAULT-VALUE} KiB.")
    private int maxChunkKibibytes;

    @Option(
            names = {"-n", "--concurrency"},
            paramLabel = "N",
            defaultValue = "32",
            description = "Requests served at once; others wait. Default: ${DEFAULT-VALUE}.")
    private int maxRequests;

    @Option(names = "--log", description = "Print a line for each request: method, path, status, bytes.")
    private boolean log;

    @Mixin
    private StoreAccess access = new StoreAccess();

    @Override
    public Integer call() throws IOException {
        GlobalOptions global = GlobalOptions.of(command);
        ProgressListener listener = global.listener(command);
        InetSocketAddress address = check();
        LongAdder requests = new LongAdder();
        StoreServer.Options options = new StoreServer.Options(
                writable,
                clientAuthorization,
                certificate == null || key == null ? null : ServerIdentity.load(certificate, key),
                digest,
                maxChunkKibibytes << 10,
                maxRequests,
                line -> {
                    requests.increment();
                    if (log) {
                        listener.on(new Noted(line));
                    }
                });
        List<WritableStore> opened = new ArrayList<>();
        try {
            for (String store : stores) {
                opened.add(access.openWritable(store));
                requireFolder(opened.getLast());
            }
            try (StoreServer server = new StoreServer(address, opened, options)) {
                Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(server::close));
                listener.on(new Noted("serving %s at %s".formatted(String.join(", ", stores), url(server.address()))));
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                global.complete(command, requests.sum() + " requests answered", Map.of("requests", requests.sum()));
            }
        } finally {
            opened.forEach(WritableStore::close);
        }
        return 0;
    }

    private void requireFolder(WritableStore opened) throws IOException {
        if (opened instanceof LocalChunkStore local) {
            Path folder = Path.of(local.name());
            if (writable) {
                DurableFiles.createFolders(folder);
            } else if (!Files.isDirectory(folder)) {
                throw new NotDirectoryException(local.name());
            }
        }
    }

    private InetSocketAddress check() {
        if (writable && stores.size() > 1) {
            throw wrong("--writable serves one store: with several it is not clear where chunks go");
        }
        if ((certificate == null) != (key == null)) {
            throw wrong("--cert and --key need each other");
        }
        if (maxChunkKibibytes < 1 || maxChunkKibibytes > ChunkSizes.MAX_LIMIT >> 10) {
            throw wrong("--max-chunk must be 1 to " + (ChunkSizes.MAX_LIMIT >> 10));
        }
        if (maxRequests < 1 || maxRequests > MAX_REQUESTS_LIMIT) {
            throw wrong("-n must be 1 to " + MAX_REQUESTS_LIMIT);
        }
        Matcher parts = ADDRESS.matcher(listen);
        if (!parts.matches() || Integer.parseInt(parts.group(2)) > 0xffff) {
            throw wrong("-l must be HOST:PORT or :PORT, not " + listen);
        }
        int port = Integer.parseInt(parts.group(2));
        if (parts.group(1).isEmpty()) {
            requireAuthorization(false);
            return new InetSocketAddress(port);
        }
        try {
            InetAddress host = InetAddress.getByName(parts.group(1));
            requireAuthorization(host.isLoopbackAddress());
            return new InetSocketAddress(host, port);
        } catch (UnknownHostException e) {
            throw wrong("-l: there is no host " + parts.group(1));
        }
    }

    private void requireAuthorization(boolean isLoopback) {
        if (writable && !isLoopback && clientAuthorization == null) {
            throw wrong("--writable on an address that other machines reach needs --client-authorization");
        }
    }

    private ParameterException wrong(String message) {
        return new ParameterException(command.commandLine(), message);
    }

    private String url(InetSocketAddress address) {
        String host = address.getAddress().isAnyLocalAddress()
                ? "localhost"
                : address.getAddress().getHostAddress();
        return "%s://%s:%d/"
                .formatted(
                        certificate == null ? "http" : "https",
                        host.contains(":") ? "[" + host + "]" : host,
                        address.getPort());
    }
}
