/**
 * Packs of published versions: what shall be packed (one row each, set by the service that owns the versions), a worker
 * that makes them one at a time in the background from the store's loose chunks, and the files and the list of packs by
 * which clients find them. Packs can be made again at any time, so losing one loses nothing.
 */
@NullMarked
package org.vsekai.nebula.assets.pack;

import org.jspecify.annotations.NullMarked;
