package org.vsekai.nebula.client.entities;

import io.grpc.MethodDescriptor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import org.vsekai.nebula.api.entities.v1.EntitiesGrpc;

/**
 * The bytes of the frame that a session received last, in an array that is kept: gRPC has a message parsed and handed over before it has
 * the next one parsed. Belongs to the session's thread.
 */
final class ReceivedFrame {
    private byte[] bytes = new byte[4096];
    private int length;

    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }

    /** The contract's method for one session: its requests are bytes, and its responses are all this one object. */
    MethodDescriptor<byte[], ReceivedFrame> method() {
        return EntitiesGrpc.getSessionMethod().toBuilder(new Outgoing(), new Incoming())
                .build();
    }

    private void read(InputStream from) {
        length = 0;
        try {
            while (true) {
                if (length == bytes.length) {
                    // The channel has bounded the message.
                    bytes = Arrays.copyOf(bytes, bytes.length * 2);
                }
                int read = from.read(bytes, length, bytes.length - length);
                if (read < 0) {
                    return;
                }
                length += read;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class Outgoing implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            throw new UnsupportedOperationException("a client parses no request");
        }
    }

    private final class Incoming implements MethodDescriptor.Marshaller<ReceivedFrame> {
        @Override
        public InputStream stream(ReceivedFrame value) {
            throw new UnsupportedOperationException("a client sends no response");
        }

        @Override
        public ReceivedFrame parse(InputStream stream) {
            read(stream);
            return ReceivedFrame.this;
        }
    }
}
