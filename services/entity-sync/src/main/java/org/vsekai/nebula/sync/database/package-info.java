/**
 * The tier of zones that outlives all nodes: each persistent entity has a row. In: a zone that is loaded, or runs. Out: its rows are
 * restored; what changes of it is written in batches, each one fenced transaction, pulled from the zone as fast as the database takes them
 * and no faster. {@code docs/decisions/0026} argues it.
 */
@NullMarked
package org.vsekai.nebula.sync.database;

import org.jspecify.annotations.NullMarked;
