package org.vsekai.nebula.launcher.console;

import java.util.ArrayList;
import java.util.List;

/** Rows under a heading, each column as wide as its widest cell. Not thread-safe. */
public final class Table {
    private final List<List<String>> rows = new ArrayList<>();

    public Table(String... heading) {
        rows.add(List.of(heading));
    }

    /** @param cells as many as the heading has */
    public void add(String... cells) {
        if (cells.length != rows.getFirst().size()) {
            throw new IllegalArgumentException(cells.length + " cells under " + rows.getFirst());
        }
        // A cell of several lines would be taken for rows.
        rows.add(List.of(cells).stream()
                .map(cell -> cell.replaceAll("\\s+", " "))
                .toList());
    }

    /** Lines without a break at the end. */
    public String text() {
        int[] widths = new int[rows.getFirst().size()];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                line.append(row.get(i)).repeat(' ', widths[i] - row.get(i).length() + 2);
            }
            lines.add(line.toString().stripTrailing());
        }
        return String.join("\n", lines);
    }
}
