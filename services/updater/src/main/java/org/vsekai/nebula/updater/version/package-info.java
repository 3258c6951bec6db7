/**
 * Versions and their files.
 *
 * <p>In: a version's number and the name of an index in asset-store. Out: the version with every file of the archive,
 * visible all at once. What touches asset-store as well, publishing and deleting, goes under an intent of the ledger, and is
 * settled by whoever is alive; {@link org.vsekai.nebula.updater.version.VersionWrites} says how. Changing a version touches
 * the database alone and needs none.
 */
@NullMarked
package org.vsekai.nebula.updater.version;

import org.jspecify.annotations.NullMarked;
