/**
 * The ledger under faults: clients of three real members record what they asked and were told, a nemesis kills, pauses and
 * cuts members off meanwhile, and a checker outside decides whether the history is linearizable.
 */
@NullMarked
package org.vsekai.nebula.system.ledger;

import org.jspecify.annotations.NullMarked;
