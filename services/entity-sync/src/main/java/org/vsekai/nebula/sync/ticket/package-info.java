/**
 * Tickets: what lets a client join a zone.
 *
 * <p>In: from game servers and services with role {@code server}, for whom and for which zone; from clients, tickets to be checked. Out:
 * signed tickets, and what they say. Every node with the same key takes each other's tickets; nothing is stored.
 */
@NullMarked
package org.vsekai.nebula.sync.ticket;

import org.jspecify.annotations.NullMarked;
