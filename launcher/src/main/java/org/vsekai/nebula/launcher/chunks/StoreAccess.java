package org.vsekai.nebula.launcher.chunks;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.casync.store.HttpStoreOptions;
import org.vsekai.nebula.casync.store.LocalChunkStore;
import org.vsekai.nebula.casync.store.ReadableStore;
import org.vsekai.nebula.casync.store.WritableStore;
import org.vsekai.nebula.stores.url.StoreUrls;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Opens stores as commands name them. */
final class StoreAccess {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec command = CommandSpec.create();

    @Option(
            names = "--authorization",
            paramLabel = "HEADER",
            defaultValue = "${env:VSEKAI_STORE_AUTHORIZATION}",
            description =
                    "Authorization header for stores at servers, e.g. 'Bearer TOKEN'. Default: $VSEKAI_STORE_AUTHORIZATION.")
    private @Nullable String authorization;

    private StoreUrls urls() {
        // The libraries of some stores log by SLF4J, which would complain to the terminal that nobody listens.
        System.setProperty("slf4j.internal.verbosity", "ERROR");
        return new StoreUrls(HttpStoreOptions.DEFAULT.withAuthorization(authorization), System.getenv());
    }

    /** A store, or a group of them with {@code |} between. */
    ReadableStore open(String location) {
        try {
            return urls().openReadable(location);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(command.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    /** A store that makes each chunk durable as it comes. */
    WritableStore openWritable(String location) {
        try {
            return urls().openWritable(location);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(command.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    /** A store that many chunks go to; {@link #finish} makes them durable. */
    WritableStore openForWriting(String location) {
        WritableStore opened = openWritable(location);
        if (opened instanceof LocalChunkStore local) {
            local.close();
            return new LocalChunkStore(Path.of(local.name()), LocalChunkStore.Durability.ON_SYNC);
        }
        return opened;
    }

    /** Makes what was written durable; to be called before an index names it. */
    static void finish(@Nullable WritableStore store) {
        if (store instanceof LocalChunkStore local) {
            local.sync();
        }
    }
}
