package org.vsekai.nebula.assets.storage;

import org.infinispan.protostream.GeneratedSchema;
import org.infinispan.protostream.annotations.ProtoSchema;
import org.infinispan.protostream.annotations.ProtoSyntax;

/** What asset-store keeps in the shared cache. {@code assets-cache.lock} beside the tests says what must not change of it. */
@ProtoSchema(
        schemaFileName = "assets-cache.proto",
        schemaFilePath = "proto",
        schemaPackageName = "vsekai.nebula.assets.cache.v1",
        syntax = ProtoSyntax.PROTO3,
        service = false,
        includeClasses = FileCopy.class)
interface FileCopies extends GeneratedSchema {}
