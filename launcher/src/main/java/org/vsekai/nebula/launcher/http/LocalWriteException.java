package org.vsekai.nebula.launcher.http;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** Marks a failure of the local disk, so that it is not taken for the server's. */
final class LocalWriteException extends IOException {
    private static final long serialVersionUID = 1;

    private final IOException failure;

    private LocalWriteException(IOException failure) {
        super(failure);
        this.failure = failure;
    }

    IOException failure() {
        return failure;
    }

    /** The stream, with its failures marked. */
    static OutputStream marking(OutputStream to) {
        return new FilterOutputStream(to) {
            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                try {
                    out.write(bytes, offset, length);
                } catch (IOException e) {
                    throw new LocalWriteException(e);
                }
            }
        };
    }
}
