/** Semantic Versioning 2.0.0: strict parsing, and precedence as bytes that a database can order by. */
@NullMarked
package org.vsekai.nebula.updater.semver;

import org.jspecify.annotations.NullMarked;
