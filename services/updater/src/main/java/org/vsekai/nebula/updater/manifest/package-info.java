/**
 * The manifest of a version: what it consists of, as canonical JSON (RFC 8785) that fits {@code manifest.schema.json}.
 *
 * <p>In: the nodes of a verified archive, one by one. Out: the bytes. It stores nothing.
 */
@NullMarked
package org.vsekai.nebula.updater.manifest;

import org.jspecify.annotations.NullMarked;
