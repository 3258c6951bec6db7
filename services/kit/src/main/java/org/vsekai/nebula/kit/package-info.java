/**
 * What every service shares at its edge: who may call, how failures look, how a transaction is retried, whether the
 * database has the expected schema, and how lists are paged.
 *
 * <p>It holds no business rule and knows no service; a service depends on it, never the other way round.
 */
@NullMarked
package org.vsekai.nebula.kit;

import org.jspecify.annotations.NullMarked;
