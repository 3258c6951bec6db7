package org.vsekai.nebula.sync.temporary;

import org.infinispan.protostream.GeneratedSchema;
import org.infinispan.protostream.annotations.ProtoSchema;
import org.infinispan.protostream.annotations.ProtoSyntax;

/** What game servers' entries are in the shared cache. {@code temporary.lock} beside the tests says what must not change of it. */
@ProtoSchema(
        schemaFileName = "temporary.proto",
        schemaFilePath = "proto",
        schemaPackageName = "vsekai.nebula.sync.temporary.v1",
        syntax = ProtoSyntax.PROTO3,
        service = false,
        includeClasses = {TemporaryEntry.class, EntryKey.class})
interface TemporarySchema extends GeneratedSchema {}
