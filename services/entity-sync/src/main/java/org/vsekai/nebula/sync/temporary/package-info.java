/**
 * Game data that may be lost: entries with a key, a value of any type and a time to live, in the shared cache's memory alone.
 *
 * <p>In: puts, gets and deletes of game servers, by gRPC ({@code vsekai.nebula.cache.v1}) and REST. Out: the entries, until their
 * time is over or room is needed. It does not look into values, and keeps nothing anywhere else: while the cache is away, so is
 * this, and says so.
 */
@NullMarked
package org.vsekai.nebula.sync.temporary;

import org.jspecify.annotations.NullMarked;
