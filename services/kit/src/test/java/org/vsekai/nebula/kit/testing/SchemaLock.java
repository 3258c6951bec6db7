package org.vsekai.nebula.kit.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.infinispan.protostream.FileDescriptorSource;
import org.infinispan.protostream.ProtobufUtil;
import org.infinispan.protostream.SerializationContext;
import org.infinispan.protostream.descriptors.Descriptor;
import org.infinispan.protostream.descriptors.FieldDescriptor;
import org.infinispan.protostream.descriptors.FileDescriptor;
import org.infinispan.protostream.schema.Schema;

/**
 * A committed list of the fields of cached messages, one {@code message number type name} a line. Instances of two releases share
 * a cache, so a number keeps its type and name for ever: a field may be added, and one that is dropped leaves its line behind,
 * with {@code -} before it, so that nobody takes its number again.
 */
public final class SchemaLock {
    private static final String DROPPED = "- ";

    private SchemaLock() {}

    /** Fails unless the lock lists exactly the fields of the schema, and none of them has another's number. */
    public static void check(Schema schema, Path lock) {
        try {
            assertThat(violations(schema, Files.readAllLines(lock)))
                    .as("differences between %s and %s", schema.getName(), lock)
                    .isEmpty();
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "there is no lock " + lock + "; it would be:\n" + String.join("\n", fields(schema)), e);
        }
    }

    static List<String> violations(Schema schema, List<String> lock) {
        List<String> violations = new ArrayList<>();
        Map<String, String> locked = new TreeMap<>();
        for (String line : lock) {
            boolean dropped = line.startsWith(DROPPED);
            String field = dropped ? line.substring(DROPPED.length()) : line;
            if (locked.put(place(field), dropped ? "" : field) != null) {
                violations.add("two lines of the lock have one number: " + line);
            }
        }
        for (String field : fields(schema)) {
            String before = locked.remove(place(field));
            if (before == null) {
                violations.add("new, add to the lock: " + field);
            } else if (before.isEmpty()) {
                violations.add("takes the number of a dropped field: " + field);
            } else if (!before.equals(field)) {
                violations.add("was '" + before + "' and must stay so, but is '" + field + "'");
            }
        }
        locked.values().stream()
                .filter(field -> !field.isEmpty())
                .forEach(field -> violations.add("gone, put '- ' before it in the lock: " + field));
        return violations;
    }

    private static String place(String field) {
        String[] words = field.split(" ");
        return words[0] + " " + words[1];
    }

    private static List<String> fields(Schema schema) {
        SerializationContext context = ProtobufUtil.newSerializationContext();
        context.registerProtoFiles(FileDescriptorSource.fromString(schema.getName(), schema.getContent()));
        FileDescriptor file = context.getFileDescriptors().get(schema.getName());
        List<String> fields = new ArrayList<>();
        for (Descriptor message : file.getMessageTypes()) {
            for (FieldDescriptor field : message.getFields()) {
                fields.add(message.getFullName() + " " + field.getNumber() + " "
                        + (field.isRepeated() ? "repeated " : "") + field.getTypeName() + " " + field.getName());
            }
        }
        return fields;
    }
}
