/**
 * asset-store as the updater sees it: names and references of what it holds, and a client that owns deadlines, retries
 * and typed failures.
 *
 * <p>In: index names and manifests. Out: what an archive contains, checked again on arrival. The generated gRPC types
 * do not leave this package.
 */
@NullMarked
package org.vsekai.nebula.updater.assets;

import org.jspecify.annotations.NullMarked;
