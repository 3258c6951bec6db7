package org.vsekai.nebula.sync.zone;

import io.grpc.Drainable;
import io.grpc.KnownLength;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.vsekai.nebula.zones.FrameBytes;

/** A frame as gRPC takes it: its pieces are copied straight into the transport's buffer, within the call that sends it. */
final class FrameStream extends InputStream implements Drainable, KnownLength {
    private final FrameBytes frame;
    private boolean drained;

    FrameStream(FrameBytes frame) {
        this.frame = frame;
    }

    @Override
    public int drainTo(OutputStream target) throws IOException {
        if (drained) {
            return 0;
        }
        drained = true;
        frame.writeTo(target);
        return frame.size();
    }

    @Override
    public int available() {
        return drained ? 0 : frame.size();
    }

    /** Nobody reads a frame byte by byte. */
    @Override
    public int read() throws IOException {
        throw new IOException("a frame is drained, not read");
    }
}
