package org.vsekai.nebula.sync.temporary;

import org.infinispan.protostream.annotations.ProtoFactory;
import org.infinispan.protostream.annotations.ProtoField;
import org.infinispan.protostream.annotations.ProtoName;

/** The key that an id stands for, as the shared cache holds it. */
@ProtoName("Key")
record EntryKey(@ProtoField(1) String key) {
    @ProtoFactory
    EntryKey {}
}
