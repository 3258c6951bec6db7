package org.vsekai.nebula.launcher.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.vsekai.nebula.launcher.console.GlobalOptions;
import org.vsekai.nebula.launcher.folder.FolderState;
import org.vsekai.nebula.launcher.folder.GameFolder;
import org.vsekai.nebula.launcher.swap.Recovery;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code vsekai status DIR}. */
@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        description = "Tells what is installed in the folder DIR and how its last update went. Needs no server.")
final class StatusCommand implements Callable<Integer> {
    @Spec
    private CommandSpec command = CommandSpec.create();

    @Parameters(paramLabel = "DIR", description = "The game's folder.")
    private Path named = Path.of("");

    @Override
    public Integer call() throws IOException {
        GameFolder folder = GameFolder.of(named);
        boolean busy = !Recovery.finishInterrupted(folder);
        FolderState state = FolderState.read(folder.records());
        Map<String, Object> figures = new LinkedHashMap<>();
        StringBuilder text = new StringBuilder(folder.root().toString());
        FolderState.Installed installed = state.installed();
        figures.put("folder", folder.root().toString());
        figures.put("installed", installed != null);
        if (installed == null) {
            text.append(": nothing is installed");
        } else {
            figures.put("mode", installed.mode());
            figures.put("version", installed.version().text());
            figures.put("index", installed.index());
            text.append(": ").append(installed.mode()).append(' ').append(installed.version());
            text.append("\nindex ").append(installed.index());
        }
        FolderState.UpdateStatus update = state.update();
        if (update != null) {
            figures.put("state", update.state());
            figures.put("step", update.step());
            figures.put("target", update.target());
            figures.put("at", update.at().toString());
            text.append("\nupdate: ").append(update.state()).append(" since ").append(update.at());
            FolderState.Failure error = update.error();
            if (error != null) {
                figures.put("error_code", error.code());
                figures.put("error", error.message());
                text.append("\nthe last update failed in ")
                        .append(update.step())
                        .append(": ")
                        .append(error.message());
            }
        }
        figures.put("busy", busy);
        if (busy) {
            text.append("\nanother launcher works on it now");
        }
        GlobalOptions.of(command).complete(command, text.toString(), figures);
        return 0;
    }
}
