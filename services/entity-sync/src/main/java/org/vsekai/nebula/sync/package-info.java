/**
 * The entity-sync service: hosts a member of the ledger, and zones. Which of both a process does is its role's, so that
 * the members that vote can be a deployment of their own.
 *
 * <p>In: calls by gRPC and REST, and the other members' messages. Out: what the ledger agreed on. It has no rules of its
 * own about what the ledger holds.
 */
@NullMarked
package org.vsekai.nebula.sync;

import org.jspecify.annotations.NullMarked;
