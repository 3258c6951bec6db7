package org.vsekai.nebula.benchmarks.serving;

import java.util.List;

/**
 * Which processors server and client run on, as taskset writes them.
 */
record Layout(String name, String server, String client) {
    /** The client beside the server on all processors, and each on a half of its own. */
    static List<Layout> of(int processors) {
        if (processors < 2) {
            throw new IllegalArgumentException("two processors are needed");
        }
        int half = processors / 2;
        String all = "0-" + (processors - 1);
        return List.of(
                new Layout("shared", all, all), new Layout("apart", "0-" + (half - 1), half + "-" + (processors - 1)));
    }

    int serverProcessors() {
        return count(server);
    }

    int clientProcessors() {
        return count(client);
    }

    private static int count(String range) {
        String[] ends = range.split("-");
        return Integer.parseInt(ends[1]) - Integer.parseInt(ends[0]) + 1;
    }
}
