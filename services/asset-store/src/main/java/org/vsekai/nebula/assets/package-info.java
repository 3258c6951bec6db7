/**
 * The asset store: chunks, indexes and manifests over desync's HTTP protocol, and their bookkeeping.
 *
 * <p>In: chunks, indexes and manifests from publishers; questions from launchers and services. Out: the same bytes,
 * immutable and cacheable. Nothing becomes visible unverified, and nothing acknowledged is lost. It never changes or
 * deletes what an upload or a pin protects, and it knows nothing of modes and versions.
 */
@NullMarked
package org.vsekai.nebula.assets;

import org.jspecify.annotations.NullMarked;
