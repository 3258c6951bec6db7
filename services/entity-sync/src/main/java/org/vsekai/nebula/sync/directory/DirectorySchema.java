package org.vsekai.nebula.sync.directory;

import org.infinispan.protostream.GeneratedSchema;
import org.infinispan.protostream.annotations.ProtoSchema;
import org.infinispan.protostream.annotations.ProtoSyntax;

/** What the places of zones are in the shared cache. {@code directory.lock} beside the tests says what must not change of it. */
@ProtoSchema(
        schemaFileName = "directory.proto",
        schemaFilePath = "proto",
        schemaPackageName = "vsekai.nebula.sync.directory.v1",
        syntax = ProtoSyntax.PROTO3,
        service = false,
        includeClasses = ZonePlace.class)
interface DirectorySchema extends GeneratedSchema {}
