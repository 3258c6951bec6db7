/** The kit inside a small Quarkus application, on a real database. */
@NullMarked
package org.vsekai.nebula.kit.it;

import org.jspecify.annotations.NullMarked;
