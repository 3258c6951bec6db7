package org.vsekai.nebula.client.entities;

import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.api.entities.v1.ClientFrame;

/** A stream that keeps what was sent, and is ready when the test says so. */
final class RecordingCall extends ClientCall<byte[], ReceivedFrame> {
    final List<ClientFrame> frames = new ArrayList<>();
    final List<Integer> sizes = new ArrayList<>();
    int requested;

    /** Frames that it takes until it is no longer ready. */
    int room = Integer.MAX_VALUE;

    ClientFrame only() {
        if (frames.size() != 1) {
            throw new AssertionError("there are " + frames.size() + " frames: " + frames);
        }
        return frames.removeFirst();
    }

    @Override
    public boolean isReady() {
        return room > 0;
    }

    @Override
    public void sendMessage(byte[] message) {
        try {
            frames.add(ClientFrame.parseFrom(message));
            sizes.add(message.length);
            room--;
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void request(int count) {
        requested += count;
    }

    @Override
    public void start(Listener<ReceivedFrame> listener, Metadata headers) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void cancel(@Nullable String message, @Nullable Throwable cause) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void halfClose() {
        throw new UnsupportedOperationException();
    }
}
