package org.vsekai.nebula.stores;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** What is put. It is opened anew for each attempt, and must bring the same bytes each time. */
public interface ObjectContent {
    /** Bytes that each stream brings. */
    long size();

    InputStream open() throws IOException;

    /** @throws IOException unless that many bytes are all of the content */
    static void checkSize(long bytes, ObjectContent content) throws IOException {
        if (bytes != content.size()) {
            throw new IOException("the content had %d bytes, not the %d it announced".formatted(bytes, content.size()));
        }
    }

    static ObjectContent of(byte[] bytes) {
        return new ObjectContent() {
            @Override
            public long size() {
                return bytes.length;
            }

            @Override
            public InputStream open() {
                return new ByteArrayInputStream(bytes);
            }
        };
    }

    /** A file that stays as it is until the put has returned. */
    static ObjectContent of(Path file) throws IOException {
        long size = Files.size(file);
        return new ObjectContent() {
            @Override
            public long size() {
                return size;
            }

            @Override
            public InputStream open() throws IOException {
                return Files.newInputStream(file);
            }
        };
    }
}
