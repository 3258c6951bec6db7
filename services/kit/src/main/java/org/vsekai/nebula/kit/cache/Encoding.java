package org.vsekai.nebula.kit.cache;

import java.io.IOException;
import org.infinispan.protostream.GeneratedSchema;
import org.infinispan.protostream.ProtobufUtil;
import org.infinispan.protostream.SerializationContext;

/** Values as protobuf messages that name their type, which is how Infinispan holds them. Thread-safe. */
final class Encoding<V> {
    private final Class<V> type;
    private final SerializationContext context = ProtobufUtil.newSerializationContext();

    Encoding(Class<V> type, GeneratedSchema schema) {
        this.type = type;
        schema.registerSchema(context);
        schema.registerMarshallers(context);
    }

    byte[] encode(V value) {
        try {
            return ProtobufUtil.toWrappedByteArray(context, value);
        } catch (IOException e) {
            throw new IllegalStateException(type.getSimpleName() + " is no message of its schema", e);
        }
    }

    /** @throws CorruptValueException if the bytes are no such message, or one that no value can be made of */
    V decode(byte[] bytes) {
        try {
            Object value = ProtobufUtil.fromWrappedByteArray(context, bytes);
            if (type.isInstance(value)) {
                return type.cast(value);
            }
            throw new CorruptValueException("it is no " + type.getSimpleName(), null);
        } catch (IOException | RuntimeException e) {
            // Whatever a cache holds comes from outside: a record's own checks may refuse it too.
            throw e instanceof CorruptValueException corrupt
                    ? corrupt
                    : new CorruptValueException("it is no sound " + type.getSimpleName(), e);
        }
    }
}
