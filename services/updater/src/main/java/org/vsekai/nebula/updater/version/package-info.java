/**
 * Versions and their files.
 *
 * <p>In: a version's number and the name of an index in asset-store. Out: the version with every file of the archive,
 * visible all at once. The index is pinned before anything is written and the pin is dropped when nothing came of it,
 * by {@link org.vsekai.nebula.updater.version.PinSweeper} if this process did not live to do it.
 */
@NullMarked
package org.vsekai.nebula.updater.version;

import org.jspecify.annotations.NullMarked;
