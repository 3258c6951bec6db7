package org.vsekai.nebula.stack;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * The log file of one service, with a copy on the console. At 16 MiB the file is moved to {@code *.log.1}, so that a stack that
 * runs for months keeps to 32 MiB a service. Used by one thread at a time.
 */
final class ServiceLog implements AutoCloseable {
    private static final long MAX_CHARS = 16L << 20;

    private final Path file;
    private final String prefix;
    private final @Nullable PrintStream console;
    private BufferedWriter writer;
    private long chars;

    ServiceLog(Path file, String title, @Nullable PrintStream console) throws IOException {
        this.file = file;
        this.prefix = String.format("%-12s | ", title);
        this.console = console;
        this.writer = open();
        this.chars = Files.size(file);
    }

    synchronized void line(String line) {
        if (console != null) {
            console.println(prefix + line);
        }
        try {
            if (chars > MAX_CHARS) {
                roll();
            }
            writer.write(line);
            writer.newLine();
            writer.flush();
            chars += line.length() + 1L;
        } catch (IOException e) {
            // A full disk must not stop the service, whose output would block if nobody took it.
            System.err.println(prefix + "its log " + file + " cannot be written: " + e.getMessage());
        }
    }

    private void roll() throws IOException {
        writer.close();
        Files.move(file, file.resolveSibling(file.getFileName() + ".1"), StandardCopyOption.REPLACE_EXISTING);
        writer = open();
        chars = 0;
    }

    private BufferedWriter open() throws IOException {
        return Files.newBufferedWriter(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    @Override
    public synchronized void close() throws IOException {
        writer.close();
    }
}
