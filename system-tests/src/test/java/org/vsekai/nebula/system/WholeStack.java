package org.vsekai.nebula.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.vsekai.nebula.casync.chunk.ChunkDigest;
import org.vsekai.nebula.casync.chunk.ChunkSizes;
import org.vsekai.nebula.casync.store.Stores;
import org.vsekai.nebula.stack.Service;
import org.vsekai.nebula.stack.Stack;

/**
 * Every service and the database, started once for all the tests that ask for a {@code WholeStack} parameter, on free
 * ports and in a folder of its own. What PostgreSQL was asked to run is kept for the SQL dialect's test.
 */
final class WholeStack implements AutoCloseable {

    /** One GET or PUT that asset-store answered. */
    record Access(String method, String path, int status, long bytes) {
        private static final Pattern LINE =
                Pattern.compile("\"(GET|HEAD|PUT|POST|DELETE) (\\S+) HTTP/[0-9.]+\" (\\d{3}) (\\d+|-)");

        static List<Access> parse(List<String> log) {
            List<Access> accesses = new ArrayList<>();
            for (String line : log) {
                Matcher matcher = LINE.matcher(line);
                if (matcher.find()) {
                    String bytes = matcher.group(4);
                    accesses.add(new Access(
                            matcher.group(1),
                            matcher.group(2),
                            Integer.parseInt(matcher.group(3)),
                            bytes.equals("-") ? 0 : Long.parseLong(bytes)));
                }
            }
            return accesses;
        }

        /** The chunk of zeros does not count: cdn-registry fetches it to probe, and clients never do. */
        boolean isFetchedChunk() {
            return isGet("/chunks/") && !path.equals(ZERO_CHUNK);
        }

        boolean isFromPacks() {
            return isGet("/packs/");
        }

        private boolean isGet(String below) {
            return method.equals("GET") && path.startsWith(below) && (status == 200 || status == 206);
        }
    }

    private static final String ZERO_CHUNK =
            "/chunks/" + Stores.path(ChunkDigest.SHA512_256.hash(ByteBuffer.allocate(ChunkSizes.DEFAULT.max())));

    private final Path data;
    private final Stack stack;

    /** @param makesPacks false: every chunk is fetched loose, so that tests know what requests to expect */
    WholeStack(boolean makesPacks) throws IOException {
        Path target = SourceTree.root().resolve("system-tests/target");
        data = Files.createTempDirectory(target, "stack-");
        Path sqlLog = Files.createDirectories(target.resolve("sql-log")).resolve("system");
        stack = Stack.start(new Stack.Options(
                SourceTree.root(), data, 0, sqlLog, null, Map.of("NEBULA_PACKS_MAKE", Boolean.toString(makesPacks))));
    }

    URI updater() {
        return stack.url(Service.UPDATER);
    }

    URI assetStore() {
        return stack.url(Service.ASSET_STORE);
    }

    URI cdnRegistry() {
        return stack.url(Service.CDN_REGISTRY);
    }

    URI entitySync() {
        return stack.url(Service.ENTITY_SYNC);
    }

    String token() {
        return stack.token();
    }

    /** The folder that asset-store keeps everything in. */
    Path store() {
        return data.resolve("store");
    }

    /** Where a later {@link #accessesSince} begins. */
    int accessMark() {
        return assetStoreLog().size();
    }

    /** What asset-store answered since the mark. */
    List<Access> accessesSince(int mark) {
        List<String> log = assetStoreLog();
        return Access.parse(log.subList(mark, log.size()));
    }

    private List<String> assetStoreLog() {
        try {
            return Files.readAllLines(data.resolve("logs/asset-store.log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        stack.close();
    }

    /** Gives tests the one stack and stops it after the last of them. */
    static final class Extension implements ParameterResolver {
        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == WholeStack.class;
        }

        @Override
        public WholeStack resolveParameter(ParameterContext parameter, ExtensionContext context) {
            Store store = context.getRoot().getStore(ExtensionContext.Namespace.create(WholeStack.class));
            return store.computeIfAbsent(
                    WholeStack.class,
                    key -> {
                        try {
                            return new WholeStack(false);
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    },
                    WholeStack.class);
        }
    }
}
