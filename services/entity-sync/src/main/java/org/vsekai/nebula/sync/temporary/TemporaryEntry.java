package org.vsekai.nebula.sync.temporary;

import java.util.UUID;
import org.infinispan.protostream.annotations.ProtoFactory;
import org.infinispan.protostream.annotations.ProtoField;
import org.infinispan.protostream.annotations.ProtoName;

/** An entry as the shared cache holds it. Its fields' numbers are for ever. */
@ProtoName("Entry")
record TemporaryEntry(
        @ProtoField(1) String id,
        @ProtoField(2) String key,
        @ProtoField(3) String typeUrl,
        @ProtoField(4) byte[] value,
        @ProtoField(5) long expiresAtMillis) {
    /** @throws IllegalArgumentException if the id is none */
    @ProtoFactory
    TemporaryEntry {
        if (!UUID.fromString(id).toString().equals(id)) {
            throw new IllegalArgumentException("not an id: " + id);
        }
    }
}
