package org.vsekai.nebula.assets.storage;

import org.infinispan.protostream.annotations.ProtoFactory;
import org.infinispan.protostream.annotations.ProtoField;
import org.infinispan.protostream.annotations.ProtoName;

/** A file's bytes as the shared cache holds them. Its fields' numbers are for ever. The bytes are not to be changed. */
@ProtoName("File")
record FileCopy(@ProtoField(1) byte[] content) {
    @ProtoFactory
    FileCopy {}
}
