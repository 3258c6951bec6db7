package org.vsekai.nebula.assets.collect;

import org.vsekai.nebula.assets.storage.ContentName;

/** A bean that keeps something which is of no use without an index, as packs are, and which dies with it. */
public interface IndexCompanion {
    /**
     * The index is gone. May be called again for the same index after a crash; it must then do nothing. Blocking.
     */
    void indexRemoved(ContentName index);
}
