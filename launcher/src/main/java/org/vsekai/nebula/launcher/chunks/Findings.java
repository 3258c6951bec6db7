package org.vsekai.nebula.launcher.chunks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.vsekai.nebula.casync.assemble.AssemblyOptions;
import org.vsekai.nebula.casync.assemble.Verifier;
import org.vsekai.nebula.casync.chunk.BlobSource;
import org.vsekai.nebula.casync.index.ChunkIndex;
import org.vsekai.nebula.launcher.ExitCode;
import org.vsekai.nebula.launcher.console.GlobalOptions;
import org.vsekai.nebula.launcher.progress.Meter;
import org.vsekai.nebula.launcher.progress.ProgressEvent.Noted;
import org.vsekai.nebula.launcher.progress.ProgressListener;
import picocli.CommandLine.Model.CommandSpec;

/**
 * What a check has found.
 *
 * @param faults what is shown: not always all that are bad
 */
record Findings(long checked, long bad, List<String> faults) {
    private static final int SHOWN = 20;

    Findings {
        faults = List.copyOf(faults);
    }

    /** Compares a file or folder with an index. */
    static Findings ofData(CommandSpec command, ChunkIndex wanted, Path named, AssemblyOptions options)
            throws IOException {
        Meter meter = new Meter(GlobalOptions.of(command).listener(command), "verify", wanted.blobSize());
        try (BlobSource blob = SourceOptions.open(named)) {
            Verifier.Report report = new Verifier(wanted, options).verify(blob, meter);
            List<String> faults = new ArrayList<>();
            if (report.excessBytes() > 0) {
                faults.add("%s is %d bytes longer than the index says".formatted(named, report.excessBytes()));
            }
            for (Verifier.Damage damage : report.listed()) {
                faults.add("%s: bytes %d to %d: %s"
                        .formatted(named, damage.start(), damage.start() + damage.length(), damage.reason()));
            }
            return new Findings(report.chunks(), report.damaged() + (report.excessBytes() > 0 ? 1 : 0), faults);
        }
    }

    /** Tells them; returns the exit code. */
    int report(CommandSpec command) {
        GlobalOptions global = GlobalOptions.of(command);
        ProgressListener listener = global.listener(command);
        faults.stream().limit(SHOWN).forEach(fault -> listener.on(new Noted(fault)));
        global.complete(
                command,
                bad == 0 ? checked + " chunks checked, all are sound" : bad + " of " + checked + " chunks are bad",
                Map.of("checked", checked, "bad", bad));
        return (bad == 0 ? ExitCode.OK : ExitCode.CORRUPT).code();
    }
}
