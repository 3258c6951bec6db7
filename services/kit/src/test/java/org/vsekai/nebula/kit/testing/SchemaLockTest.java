package org.vsekai.nebula.kit.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.infinispan.protostream.schema.Schema;
import org.junit.jupiter.api.Test;

class SchemaLockTest {
    private static final List<String> LOCK =
            List.of("t.v1.Thing 1 string id", "t.v1.Thing 2 int64 size", "- t.v1.Thing 3 bool gone");

    @Test
    void theSameFieldsPass() {
        assertThat(violations("string id = 1; int64 size = 2;")).isEmpty();
    }

    @Test
    void anotherTypeUnderANumberIsFound() {
        assertThat(violations("string id = 1; string size = 2;"))
                .singleElement()
                .asString()
                .contains("must stay so");
    }

    @Test
    void anotherFieldUnderANumberIsFound() {
        assertThat(violations("string id = 1; int64 length = 2;"))
                .singleElement()
                .asString()
                .contains("must stay so");
    }

    @Test
    void theNumberOfADroppedFieldIsNotTakenAgain() {
        assertThat(violations("string id = 1; int64 size = 2; bool late = 3;"))
                .singleElement()
                .asString()
                .contains("dropped");
    }

    @Test
    void aFieldThatMovesToAnotherNumberIsFound() {
        assertThat(violations("string id = 1; int64 size = 4;")).hasSize(2);
    }

    @Test
    void aFieldThatIsNewMustBeLocked() {
        assertThat(violations("string id = 1; int64 size = 2; bytes sum = 4;"))
                .containsExactly("new, add to the lock: t.v1.Thing 4 bytes sum");
    }

    private static List<String> violations(String fields) {
        return SchemaLock.violations(
                Schema.buildFromStringContent(
                        "thing.proto", "syntax = \"proto3\"; package t.v1; message Thing {" + fields + "}"),
                LOCK);
    }
}
