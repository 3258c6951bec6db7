/**
 * What a version consists of, as the updater wrote it. The reader here is strict and bounded: what it returns can be turned
 * into paths below a folder without further checks.
 */
@NullMarked
package org.vsekai.nebula.launcher.manifest;

import org.jspecify.annotations.NullMarked;
