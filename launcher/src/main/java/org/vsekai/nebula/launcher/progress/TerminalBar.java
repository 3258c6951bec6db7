package org.vsekai.nebula.launcher.progress;

import java.io.PrintWriter;
import org.vsekai.nebula.launcher.progress.ProgressEvent.Advanced;
import org.vsekai.nebula.launcher.progress.ProgressEvent.Completed;
import org.vsekai.nebula.launcher.progress.ProgressEvent.Failed;
import org.vsekai.nebula.launcher.progress.ProgressEvent.Noted;
import org.vsekai.nebula.launcher.progress.ProgressEvent.Planned;
import org.vsekai.nebula.launcher.progress.ProgressEvent.StateChanged;
import org.vsekai.nebula.launcher.progress.ProgressEvent.StepChanged;

/** A bar that is redrawn in place, with the state of the update before it. */
public final class TerminalBar implements ProgressListener {
    private static final int WIDTH = 28;
    private static final String CLEAR_LINE = "\r\u001b[2K";

    private final PrintWriter out;
    private final PrintWriter err;
    private String state = "";
    private int lastShare = -1;

    public TerminalBar(PrintWriter out, PrintWriter err) {
        this.out = out;
        this.err = err;
    }

    @Override
    public synchronized void on(ProgressEvent event) {
        switch (event) {
            case StepChanged ignored -> {}
            case StateChanged(var from, var to) -> {
                state = to.label() + " ";
                lastShare = -1;
                out.print(CLEAR_LINE + state);
            }
            case Advanced advanced -> draw(advanced);
            case Planned planned -> out.println(CLEAR_LINE + planned.text());
            case Noted(var text) -> out.println(CLEAR_LINE + TerminalText.printable(text));
            case Completed(var command, var text, var figures) ->
                out.println(CLEAR_LINE + TerminalText.printable(text));
            case Failed(var code, var message, var exitCode) -> {
                out.print(CLEAR_LINE);
                out.flush();
                err.println("vsekai: " + TerminalText.printable(message));
            }
        }
        out.flush();
    }

    private void draw(Advanced advanced) {
        int share = advanced.totalBytes() == 0 ? 100 : (int) (advanced.doneBytes() * 100.0 / advanced.totalBytes());
        if (share != lastShare) {
            lastShare = share;
            int filled = share * WIDTH / 100;
            out.print(CLEAR_LINE + state + advanced.activity() + " [" + "#".repeat(filled) + " ".repeat(WIDTH - filled)
                    + "] " + share + " % of " + TerminalText.bytes(advanced.totalBytes()));
        }
    }
}
