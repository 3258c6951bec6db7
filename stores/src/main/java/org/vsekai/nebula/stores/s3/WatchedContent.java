package org.vsekai.nebula.stores.s3;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.stores.ObjectContent;
import software.amazon.awssdk.core.sync.RequestBody;

/** Content on its way up, which remembers when it was the content that failed and not the store. Thread-safe. */
final class WatchedContent {
    private static final String MEDIA_TYPE = "application/octet-stream";

    private final ObjectContent content;
    private volatile @Nullable IOException fault;

    WatchedContent(ObjectContent content) {
        this.content = content;
    }

    long size() {
        return content.size();
    }

    Optional<IOException> findFault() {
        return Optional.ofNullable(fault);
    }

    /** A part of it as the body of a request, which may be sent several times. */
    RequestBody body(long offset, long length) {
        return RequestBody.fromContentProvider(
                () -> {
                    try {
                        return open(offset, length);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                },
                length,
                MEDIA_TYPE);
    }

    InputStream open(long offset, long length) throws IOException {
        try {
            InputStream in = content.open();
            try {
                in.skipNBytes(offset);
            } catch (IOException | RuntimeException e) {
                in.close();
                throw e;
            }
            return new Part(in, length);
        } catch (IOException e) {
            fault = e;
            throw e;
        }
    }

    private final class Part extends FilterInputStream {
        private long remaining;

        Part(InputStream in, long length) {
            super(in);
            this.remaining = length;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (remaining == 0) {
                return -1;
            }
            try {
                int n = in.read(target, offset, (int) Math.min(length, remaining));
                if (n < 0) {
                    throw new EOFException("it ended %d bytes early".formatted(remaining));
                }
                remaining -= n;
                return n;
            } catch (IOException e) {
                fault = e;
                throw e;
            }
        }

        @Override
        public boolean markSupported() {
            return false;
        }
    }
}
