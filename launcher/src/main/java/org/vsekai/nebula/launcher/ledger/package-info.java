/** The ledger's members as their operators ask them, over HTTP: what each knows, what they hold, and who votes. */
@NullMarked
package org.vsekai.nebula.launcher.ledger;

import org.jspecify.annotations.NullMarked;
