package org.vsekai.nebula.client.entities;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One entity's named components, as many as its zone's schema has at most. Not safe for threads. */
final class ComponentValues {
    private final List<Value> values = new ArrayList<>(4);

    Optional<ByteString> find(int number) {
        for (Value value : values) {
            if (value.number == number) {
                return Optional.of(value.bytes);
            }
        }
        return Optional.empty();
    }

    void set(int number, ByteString bytes) {
        for (int i = 0; i < values.size(); i++) {
            if (values.get(i).number == number) {
                values.set(i, new Value(number, bytes));
                return;
            }
        }
        values.add(new Value(number, bytes));
    }

    private record Value(int number, ByteString bytes) {}
}
