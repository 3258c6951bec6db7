package org.vsekai.nebula.sync.ledger;

import org.vsekai.nebula.ledger.Claim;

/** A claim as JSON. */
record ClaimView(String resource, String lease, long leaseToken, long token) {
    static ClaimView of(Claim claim) {
        return new ClaimView(claim.resource(), claim.lease(), claim.leaseToken(), claim.token());
    }
}
