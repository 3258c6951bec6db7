package org.vsekai.nebula.system;

import java.io.IOException;

/** Signals to processes, as {@code kill} sends them. */
public final class Signals {
    private Signals() {}

    /**
     * Returns once the signal is sent.
     *
     * @param name without SIG, as {@code STOP}
     * @throws IOException if there is no such process
     */
    public static void send(String name, long pid) throws IOException, InterruptedException {
        int exit = new ProcessBuilder("kill", "-" + name, Long.toString(pid))
                .inheritIO()
                .start()
                .waitFor();
        if (exit != 0) {
            throw new IOException("kill -" + name + " of process " + pid + " ended with " + exit);
        }
    }
}
