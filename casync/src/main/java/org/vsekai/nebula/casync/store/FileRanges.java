package org.vsekai.nebula.casync.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.vsekai.nebula.casync.StoreUnavailableException;

/** Ranges of a local file, which is opened for each read. */
public final class FileRanges implements RangeReader {
    private final Path file;

    /** The file may be missing; that shows when it is read. */
    public FileRanges(Path file) {
        this.file = file;
    }

    @Override
    public String name() {
        return file.toString();
    }

    @Override
    public void read(long offset, ByteBuffer target) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long at = offset;
            while (target.hasRemaining()) {
                int n = channel.read(target, at);
                if (n < 0) {
                    throw new StoreUnavailableException(name(), "the file ends at byte " + at, null);
                }
                at += n;
            }
        } catch (IOException e) {
            throw new StoreUnavailableException(name(), e.toString(), e);
        }
    }

    @Override
    public long requests() {
        return 0;
    }

    @Override
    public long receivedBytes() {
        return 0;
    }
}
