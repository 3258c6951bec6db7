/**
 * The member of the ledger that this process hosts: its settings and what is unsafe about them, its start and end, and what
 * it tells of itself in health and metrics.
 */
@NullMarked
package org.vsekai.nebula.sync.member;

import org.jspecify.annotations.NullMarked;
