/**
 * Semantic Versioning 2.0.0.
 */
@NullMarked
package org.vsekai.nebula.launcher.version;

import org.jspecify.annotations.NullMarked;
