/**
 * Garbage collection and verification of the store: long runs of which one is at work at a time, whatever the number of
 * instances. In: what operators ask for, and what pins, assets, uploads and indexes protect. Out: figures, and a store
 * without what nobody needs. It never deletes what was protected when that was decided, and decides inside the
 * transaction that writes the decision down; {@code docs/decisions/0013} goes through the races.
 */
@NullMarked
package org.vsekai.nebula.assets.collect;

import org.jspecify.annotations.NullMarked;
