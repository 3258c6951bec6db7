/**
 * Every store that a studio has, behind two interfaces: {@link org.vsekai.nebula.stores.ObjectStore}, named objects in a
 * folder, a bucket or on an SFTP server, and casync's stores of chunks, which
 * {@link org.vsekai.nebula.stores.ObjectChunkStore} lays over any of them. In front of those stand caches and failover
 * groups; {@link org.vsekai.nebula.stores.url.StoreUrls} opens all of it by the text that desync's users know.
 *
 * <p>In: objects and chunks. Out: the same. It bounds every size, wait and retry, tells what is missing from what is
 * corrupt and from a store that could not be asked, and never shows a credential. It knows of no framework.
 */
@NullMarked
package org.vsekai.nebula.stores;

import org.jspecify.annotations.NullMarked;
