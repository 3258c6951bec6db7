package org.vsekai.nebula.launcher.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.launcher.asset.Assets;
import org.vsekai.nebula.launcher.config.UserConfig;
import org.vsekai.nebula.launcher.console.GlobalOptions;
import org.vsekai.nebula.launcher.http.Http;
import org.vsekai.nebula.launcher.http.HttpLimits;
import org.vsekai.nebula.launcher.http.ServiceAddresses;
import org.vsekai.nebula.launcher.progress.TerminalText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code vsekai asset}. */
@Command(
        name = "asset",
        mixinStandardHelpOptions = true,
        description = "Keeps models, textures and scenes in the asset store, under ids that stay.",
        subcommands = {
            AssetCommand.Put.class,
            AssetCommand.Get.class,
            AssetCommand.Listing.class,
            AssetCommand.Remove.class
        })
final class AssetCommand implements Runnable {
    @Spec
    private CommandSpec command = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(command.commandLine(), "name one of the commands below");
    }

    /** Work with assets, with an open connection. */
    @FunctionalInterface
    private interface Work {
        void with(Assets assets) throws IOException;
    }

    private static int run(CommandSpec command, Work work) throws IOException {
        GlobalOptions global = GlobalOptions.of(command);
        UserConfig config = UserConfig.ofUser(System.getenv());
        try (Http http = new Http(HttpLimits.fromEnvironment())) {
            ServiceAddresses addresses = ServiceAddresses.find(http, global.server(command, config));
            work.with(new Assets(http, addresses, global.listener(command)));
        }
        return 0;
    }

    /** {@code vsekai asset put FILE}. */
    @Command(
            name = "put",
            mixinStandardHelpOptions = true,
            description = {
                "Stores FILE, or with --id gives an asset that is there the bytes of FILE.",
                "Only chunks that the store lacks are sent; a run that was cut off is taken up by running it again."
            })
    static final class Put implements Callable<Integer> {
        @Spec
        private CommandSpec command = CommandSpec.create();

        @Mixin
        private TokenOption token = new TokenOption();

        @Option(names = "--id", paramLabel = "UUID", description = "The asset's id. Default: a new one.")
        private @Nullable UUID id;

        @Option(names = "--name", paramLabel = "NAME", description = "The asset's name. Default: the file's.")
        private @Nullable String name;

        @Option(names = "--owner", paramLabel = "OWNER", description = "Who needs the asset before anybody else does.")
        private @Nullable String owner;

        @Option(names = "--type", paramLabel = "TYPE", description = "Its media type. Default: what the name tells.")
        private @Nullable String mediaType;

        @Parameters(paramLabel = "FILE", description = "The file to store.")
        private Path file = Path.of("");

        @Override
        public Integer call() throws IOException {
            if (!Files.isRegularFile(file)) {
                throw new ParameterException(command.commandLine(), file + ": is not a file");
            }
            return run(command, assets -> {
                Assets.Put put = assets.put(
                        file,
                        id == null ? UUID.randomUUID() : id,
                        name == null ? String.valueOf(file.toAbsolutePath().getFileName()) : name,
                        Optional.ofNullable(owner),
                        Optional.ofNullable(mediaType),
                        token.get());
                Map<String, Object> figures = new LinkedHashMap<>();
                figures.put("id", put.asset().id());
                figures.put("media_type", put.asset().mediaType());
                figures.put("size", put.asset().size());
                figures.put("chunks", put.chunks());
                figures.put("missing_chunks", put.sent().chunks());
                figures.put("sent_bytes", put.sent().bytes());
                GlobalOptions.of(command)
                        .complete(
                                command,
                                "%s holds %s: %s in %d chunks, of which %d were new (%s sent)"
                                        .formatted(
                                                put.asset().id(),
                                                file.getFileName(),
                                                TerminalText.bytes(put.asset().size()),
                                                put.chunks(),
                                                put.sent().chunks(),
                                                TerminalText.bytes(put.sent().bytes())),
                                figures);
            });
        }
    }

    /** {@code vsekai asset get ID FILE}. */
    @Command(
            name = "get",
            mixinStandardHelpOptions = true,
            description = "Fetches an asset into FILE. A run that was cut off is gone on from by running it again.")
    static final class Get implements Callable<Integer> {
        @Spec
        private CommandSpec command = CommandSpec.create();

        @Parameters(index = "0", paramLabel = "ID", description = "The asset.")
        private UUID id = new UUID(0, 0);

        @Parameters(index = "1", paramLabel = "FILE", description = "Where its bytes go; replaced when they are whole.")
        private Path file = Path.of("");

        @Override
        public Integer call() throws IOException {
            return run(command, assets -> {
                Assets.Got got = assets.get(id, file.toAbsolutePath());
                Map<String, Object> figures = new LinkedHashMap<>();
                figures.put("size", got.size());
                figures.put("received_bytes", got.receivedBytes());
                GlobalOptions.of(command)
                        .complete(
                                command,
                                "%s: %s, of which %s were fetched now"
                                        .formatted(
                                                file,
                                                TerminalText.bytes(got.size()),
                                                TerminalText.bytes(got.receivedBytes())),
                                figures);
            });
        }
    }

    /** {@code vsekai asset list}. */
    @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists assets.")
    static final class Listing implements Callable<Integer> {
        @Spec
        private CommandSpec command = CommandSpec.create();

        @Mixin
        private TokenOption token = new TokenOption();

        @Option(names = "--owner", paramLabel = "OWNER", description = "Only those of this owner.")
        private @Nullable String owner;

        @Override
        public Integer call() throws IOException {
            return run(command, assets -> {
                List<Assets.Asset> found = assets.list(Optional.ofNullable(owner), token.get());
                List<String> lines = found.stream()
                        .map(asset -> "%s  %12d  %-24s  %s"
                                .formatted(asset.id(), asset.size(), asset.mediaType(), asset.name())
                                .stripTrailing())
                        .toList();
                GlobalOptions.of(command)
                        .complete(
                                command,
                                lines.isEmpty() ? "there are no assets" : String.join("\n", lines),
                                Map.of(
                                        "assets",
                                        found.stream().map(Assets.Asset::id).toList()));
            });
        }
    }

    /** {@code vsekai asset rm ID}. */
    @Command(
            name = "rm",
            mixinStandardHelpOptions = true,
            description = "Deletes an asset that nobody but its owner needs.")
    static final class Remove implements Callable<Integer> {
        @Spec
        private CommandSpec command = CommandSpec.create();

        @Mixin
        private TokenOption token = new TokenOption();

        @Parameters(paramLabel = "ID", description = "The asset.")
        private UUID id = new UUID(0, 0);

        @Override
        public Integer call() throws IOException {
            return run(command, assets -> {
                assets.remove(id, token.get());
                GlobalOptions.of(command).complete(command, id + " was deleted", Map.of("id", id.toString()));
            });
        }
    }
}
