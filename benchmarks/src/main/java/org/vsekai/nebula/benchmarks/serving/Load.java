package org.vsekai.nebula.benchmarks.serving;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.vsekai.nebula.benchmarks.Program;

/**
 * What one run of wrk measured of a server.
 *
 * @param requestsPerSecond answered
 * @param cpuMicros processor time that the server spent on a request, in user and kernel mode
 * @param p50Millis half of the requests were answered within
 * @param p99Millis 99 of 100 requests were answered within
 * @param errors connections, reads, writes, statuses above 399 and time-outs
 */
record Load(double requestsPerSecond, double cpuMicros, double p50Millis, double p99Millis, long errors) {
    private static final String RESULT = "RESULT ";

    /**
     * Runs wrk.
     *
     * @param knownPercent how many of 100 requests are conditional and answered with 304
     */
    static Load run(
            Server server, Layout layout, Path script, Path paths, int knownPercent, int connections, int seconds)
            throws IOException {
        double before = server.cpuSeconds();
        String output = Program.of(List.of(
                        "wrk",
                        "-t" + Math.min(layout.clientProcessors(), connections),
                        "-c" + connections,
                        "-d" + seconds + "s",
                        "--latency",
                        "-s",
                        script.toString(),
                        server.url(),
                        "--",
                        paths.toString(),
                        Integer.toString(knownPercent)))
                .on(layout.client())
                .run()
                .output();
        return parse(output, server.cpuSeconds() - before);
    }

    /** Reads the line that the script writes: requests, microseconds in all, of half and of 99 of 100, bytes, errors. */
    static Load parse(String output, double cpuSeconds) throws IOException {
        int start = output.indexOf(RESULT);
        String[] figures = start < 0
                ? new String[0]
                : output.substring(start).lines().findFirst().orElseThrow().split(" ");
        if (figures.length != 7 || figures[1].equals("0")) {
            throw new IOException("wrk measured nothing; it printed:\n" + output);
        }
        double requests = Double.parseDouble(figures[1]);
        return new Load(
                requests / (Double.parseDouble(figures[2]) / 1e6),
                cpuSeconds * 1e6 / requests,
                Double.parseDouble(figures[3]) / 1e3,
                Double.parseDouble(figures[4]) / 1e3,
                Long.parseLong(figures[6]));
    }
}
