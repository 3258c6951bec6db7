/** Manifests, named by the SHA-256 of their bytes. */
@NullMarked
package org.vsekai.nebula.assets.manifest;

import org.jspecify.annotations.NullMarked;
