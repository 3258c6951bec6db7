package org.vsekai.nebula.sync.directory;

import org.infinispan.protostream.annotations.ProtoFactory;
import org.infinispan.protostream.annotations.ProtoField;
import org.infinispan.protostream.annotations.ProtoName;

/**
 * Where a zone is, as the shared cache holds it. Its fields' numbers are for ever.
 *
 * @param address host:port of its owner's gRPC, as clients reach it
 */
@ProtoName("Place")
record ZonePlace(
        @ProtoField(value = 1, defaultValue = "0") long epoch,
        @ProtoField(2) String address) {
    @ProtoFactory
    ZonePlace {}
}
