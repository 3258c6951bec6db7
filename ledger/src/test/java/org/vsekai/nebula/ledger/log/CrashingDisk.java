package org.vsekai.nebula.ledger.log;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * A disk that keeps a copy of the log's folder from before each of its steps, and of each write half done: what a crash there
 * would leave. Files removed since the folder was last synced are in a second copy again, since a removal is durable no
 * earlier. With a step to fail at, it fails there instead, once, and works again afterwards.
 */
final class CrashingDisk implements Disk {
    private final Path folder;
    private final Path copies;
    private final int failing;
    private final Map<Path, byte[]> removed = new HashMap<>();
    private int steps;
    private int taken;

    CrashingDisk(Path folder, Path copies) {
        this(folder, copies, 0);
    }

    CrashingDisk(Path folder, Path copies, int failing) {
        this.folder = folder;
        this.copies = copies;
        this.failing = failing;
    }

    int steps() {
        return steps;
    }

    private void step() throws IOException {
        steps++;
        if (failing == 0) {
            take();
        } else if (steps == failing) {
            throw new IOException("Input/output error (made by the test)");
        }
    }

    void take() {
        LogFixtures.copy(folder, copies.resolve("%05d".formatted(taken++)));
        if (!removed.isEmpty()) {
            Path resurrected = copies.resolve("%05d".formatted(taken++));
            LogFixtures.copy(folder, resurrected);
            removed.forEach((file, bytes) -> {
                try {
                    if (!Files.exists(resurrected.resolve(file))) {
                        Files.write(resurrected.resolve(file), bytes);
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }

    @Override
    public FileChannel create(Path file) throws IOException {
        step();
        return Disk.super.create(file);
    }

    @Override
    public void write(FileChannel channel, ByteBuffer bytes, long offset) throws IOException {
        step();
        int half = bytes.remaining() / 2;
        if (failing == 0 && half > 0) {
            Disk.super.write(channel, bytes.slice(bytes.position(), half), offset);
            take();
        }
        Disk.super.write(channel, bytes, offset);
    }

    @Override
    public void force(FileChannel channel) throws IOException {
        step();
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        step();
        removed.remove(to.getFileName());
        Disk.super.rename(from, to);
    }

    @Override
    public void delete(Path file) throws IOException {
        if (Files.exists(file)) {
            step();
            removed.put(file.getFileName(), Files.readAllBytes(file));
        }
        Disk.super.delete(file);
    }

    @Override
    public void syncFolder(Path path) throws IOException {
        step();
        removed.clear();
    }
}
