package org.vsekai.nebula.updater.version;

import org.infinispan.protostream.GeneratedSchema;
import org.infinispan.protostream.annotations.ProtoSchema;
import org.infinispan.protostream.annotations.ProtoSyntax;

/** What the updater keeps in the shared cache. {@code updater-cache.lock} beside the tests says what must not change of it. */
@ProtoSchema(
        schemaFileName = "updater-cache.proto",
        schemaFilePath = "proto",
        schemaPackageName = "vsekai.nebula.updater.cache.v1",
        syntax = ProtoSyntax.PROTO3,
        service = false,
        includeClasses = {NewestCopy.class, VersionCopy.class})
interface VersionCopies extends GeneratedSchema {}
