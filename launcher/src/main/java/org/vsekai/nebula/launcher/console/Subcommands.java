package org.vsekai.nebula.launcher.console;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine;

/**
 * The subcommands of a command, by name. Reflection over all commands takes longer than some commands run, so a program
 * called with the name of one makes only that one.
 *
 * @param commands the class of each command by its name, in the order of the help text
 */
public record Subcommands(Map<String, Class<?>> commands) {
    public Subcommands {
        commands = Collections.unmodifiableMap(new LinkedHashMap<>(commands));
    }

    /**
     * Adds the one that an argument names, or all when it names none, so that help and errors know every one.
     *
     * @param at which of the arguments would be the name
     */
    public void addTo(CommandLine parent, int at, String... arguments) {
        String named = at < arguments.length ? arguments[at] : "";
        Class<?> only = commands.get(named);
        if (only == null) {
            commands.forEach(parent::addSubcommand);
        } else {
            parent.addSubcommand(named, only);
        }
    }
}
