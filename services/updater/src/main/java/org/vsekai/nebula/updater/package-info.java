/**
 * The updater service: modes, their versions, and the files of each version.
 *
 * <p>In: a mode's and a version's description over REST and gRPC, and the name of an index that asset-store holds. Out:
 * what a player in a mode, at a version, should do now. It moves no bulk: asset-store reads the archive and says what
 * is in it. A version is visible with all its files or not at all.
 */
@NullMarked
package org.vsekai.nebula.updater;

import org.jspecify.annotations.NullMarked;
