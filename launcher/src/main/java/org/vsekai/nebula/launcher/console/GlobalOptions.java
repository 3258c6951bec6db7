package org.vsekai.nebula.launcher.console;

import java.io.PrintWriter;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.launcher.NotConfiguredException;
import org.vsekai.nebula.launcher.config.UserConfig;
import org.vsekai.nebula.launcher.http.ServiceAddresses;
import org.vsekai.nebula.launcher.progress.JsonLines;
import org.vsekai.nebula.launcher.progress.PlainLines;
import org.vsekai.nebula.launcher.progress.ProgressEvent;
import org.vsekai.nebula.launcher.progress.ProgressListener;
import org.vsekai.nebula.launcher.progress.TerminalBar;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;

/** Options that stand before or behind any command. */
public final class GlobalOptions {
    /** The name under which the root command mixes this in. */
    public static final String MIXIN = "global";

    @Option(
            names = "--server",
            scope = ScopeType.INHERIT,
            paramLabel = "URL",
            description = "The updater's address. Default: $VSEKAI_SERVER, else 'server' of the user's configuration.")
    private @Nullable String server;

    @Option(
            names = "--json",
            scope = ScopeType.INHERIT,
            description = "Print one JSON object a line on standard output, for programs.")
    private boolean json;

    @Option(
            names = "--no-progress",
            scope = ScopeType.INHERIT,
            description = "Print lines instead of a bar, also on a terminal.")
    private boolean plain;

    private @Nullable ProgressListener listener;

    /** Those of the command line that {@code command} was called with. */
    public static GlobalOptions of(CommandSpec command) {
        CommandSpec mixin = command.root().mixins().get(MIXIN);
        if (mixin != null && mixin.userObject() instanceof GlobalOptions options) {
            return options;
        }
        throw new IllegalStateException("the root command lacks the global options");
    }

    /** Where the command tells what it does. */
    public synchronized ProgressListener listener(CommandSpec command) {
        if (listener == null) {
            CommandLine line = command.commandLine();
            PrintWriter out = line.getOut();
            PrintWriter err = line.getErr();
            if (json) {
                listener = new JsonLines(out);
            } else {
                listener = onTerminal() && !plain ? new TerminalBar(out, err) : new PlainLines(out, err);
            }
        }
        return listener;
    }

    private static boolean onTerminal() {
        return System.console() != null && System.console().isTerminal() && !"dumb".equals(System.getenv("TERM"));
    }

    /** Tells the outcome. */
    public void complete(CommandSpec command, String text, Map<String, Object> figures) {
        listener(command)
                .on(new ProgressEvent.Completed(
                        command.qualifiedName(" ").replaceFirst("^\\S+ ?", ""), text, new LinkedHashMap<>(figures)));
    }

    /**
     * The updater's address.
     *
     * @throws NotConfiguredException if nothing names it
     */
    public URI server(CommandSpec command, UserConfig config) {
        String environment = System.getenv("VSEKAI_SERVER");
        String address = server;
        if (address == null) {
            address = environment != null && !environment.isEmpty()
                    ? environment
                    : config.findServer()
                            .orElseThrow(() -> new NotConfiguredException(
                                    "server",
                                    "no server is known; give --server URL, set VSEKAI_SERVER, or write \"server\" into "
                                            + config.file()));
        }
        try {
            return ServiceAddresses.base(address);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(command.commandLine(), "--server: " + e.getMessage(), e);
        }
    }
}
