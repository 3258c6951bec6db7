package org.vsekai.nebula.sync.ledger;

import org.jspecify.annotations.Nullable;

/** The body of a request to add a member. */
record NewMember(@Nullable String id) {}
