/**
 * Zones' state in the memory of a cluster, so that it outlives the node that a zone runs on.
 *
 * <p>In: what a zone captures between two steps, as pages and sessions. Out: rounds in the shared cache, each a header that names
 * the pages of one moment with their checksums; and for the next owner, the newest round that is complete. A header is replaced by
 * its version and never over a larger epoch, so who lost a zone changes nothing.
 */
@NullMarked
package org.vsekai.nebula.sync.memory;

import org.jspecify.annotations.NullMarked;
