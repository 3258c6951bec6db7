package org.vsekai.nebula.launcher.progress;

import java.io.PrintWriter;
import org.vsekai.nebula.launcher.progress.ProgressEvent.Advanced;
import org.vsekai.nebula.launcher.progress.ProgressEvent.Completed;
import org.vsekai.nebula.launcher.progress.ProgressEvent.Failed;
import org.vsekai.nebula.launcher.progress.ProgressEvent.Noted;
import org.vsekai.nebula.launcher.progress.ProgressEvent.Planned;
import org.vsekai.nebula.launcher.progress.ProgressEvent.StateChanged;
import org.vsekai.nebula.launcher.progress.ProgressEvent.StepChanged;

/** Lines for a log or a pipe: transitions, and a line for each further quarter of a longer piece of work. */
public final class PlainLines implements ProgressListener {
    private final PrintWriter out;
    private final PrintWriter err;
    private String activity = "";
    private long lastQuarter;

    public PlainLines(PrintWriter out, PrintWriter err) {
        this.out = out;
        this.err = err;
    }

    @Override
    public synchronized void on(ProgressEvent event) {
        switch (event) {
            case StepChanged ignored -> {}
            case StateChanged(var from, var to) -> out.println(from.label() + " -> " + to.label());
            case Advanced advanced -> advance(advanced);
            case Planned planned -> out.println(planned.text());
            case Noted(var text) -> out.println(TerminalText.printable(text));
            case Completed(var command, var text, var figures) -> out.println(TerminalText.printable(text));
            case Failed(var code, var message, var exitCode) ->
                err.println("vsekai: " + TerminalText.printable(message));
        }
        out.flush();
    }

    private void advance(Advanced advanced) {
        long quarter = advanced.totalBytes() == 0 ? 4 : advanced.doneBytes() / Math.max(1, advanced.totalBytes() / 4);
        if (!advanced.activity().equals(activity) || quarter > lastQuarter) {
            activity = advanced.activity();
            lastQuarter = quarter;
            out.println("  " + activity + " " + TerminalText.bytes(advanced.doneBytes()) + " of "
                    + TerminalText.bytes(advanced.totalBytes()));
        }
    }
}
