package org.vsekai.nebula.launcher.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.vsekai.nebula.launcher.ExitCode;
import org.vsekai.nebula.launcher.FolderBusyException;
import org.vsekai.nebula.launcher.FolderException;
import org.vsekai.nebula.launcher.VerificationException;
import org.vsekai.nebula.launcher.console.GlobalOptions;
import org.vsekai.nebula.launcher.folder.FolderState;
import org.vsekai.nebula.launcher.folder.FolderState.Installed;
import org.vsekai.nebula.launcher.folder.GameFolder;
import org.vsekai.nebula.launcher.manifest.Manifest;
import org.vsekai.nebula.launcher.progress.Meter;
import org.vsekai.nebula.launcher.progress.ProgressEvent.Noted;
import org.vsekai.nebula.launcher.swap.Recovery;
import org.vsekai.nebula.launcher.update.FolderCheck;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code vsekai verify DIR}. */
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        description = {
            "Reads every shipped file in the folder DIR and compares it with what was installed.",
            "Exit code 4 if something is damaged. With --repair it is made whole again; only damaged chunks are downloaded."
        })
final class VerifyCommand implements Callable<Integer> {
    @Spec
    private CommandSpec command = CommandSpec.create();

    @Option(names = "--repair", description = "Repair what is damaged. Needs the server.")
    private boolean repair;

    @Mixin
    private FollowOptions follow = new FollowOptions();

    @Parameters(paramLabel = "DIR", description = "The game's folder.")
    private Path named = Path.of("");

    @Override
    public Integer call() throws IOException {
        GlobalOptions global = GlobalOptions.of(command);
        GameFolder folder = GameFolder.of(named);
        if (!Recovery.finishInterrupted(folder)) {
            throw new FolderBusyException(folder.root().toString());
        }
        Installed installed = FolderState.read(folder.records())
                .findInstalled()
                .orElseThrow(() -> new FolderException(
                        folder.root().toString(), "nothing is installed here; 'vsekai update' installs", null));
        List<String> damage;
        try {
            Manifest manifest = FolderCheck.manifest(folder, installed);
            damage = FolderCheck.run(
                    folder, installed, new Meter(global.listener(command), "verify", manifest.contentSize()));
        } catch (VerificationException e) {
            if (!repair) {
                throw e;
            }
            damage = List.of(String.valueOf(e.getMessage()));
        }
        damage.forEach(line -> global.listener(command).on(new Noted(line)));
        if (repair && !damage.isEmpty()) {
            follow.update(command, named, true);
            return ExitCode.OK.code();
        }
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("mode", installed.mode());
        figures.put("version", installed.version().text());
        figures.put("damaged", damage);
        global.complete(
                command,
                damage.isEmpty()
                        ? "%s is %s %s, complete and unchanged"
                                .formatted(folder.root(), installed.mode(), installed.version())
                        : "%d shipped nodes are damaged; 'vsekai verify --repair' repairs them"
                                .formatted(damage.size()),
                figures);
        return damage.isEmpty() ? ExitCode.OK.code() : ExitCode.CORRUPT.code();
    }
}
