/**
 * The state machine of the ledger: commands as bytes in, results as bytes out, the same on every member. It has no clock and
 * no randomness; time comes in with the commands. It knows nothing of how they were agreed on.
 */
@NullMarked
package org.vsekai.nebula.ledger.machine;

import org.jspecify.annotations.NullMarked;
