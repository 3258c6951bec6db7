package org.vsekai.nebula.ledger;

/**
 * A resource held under a lease; it falls with it.
 *
 * @param lease name of the lease
 * @param leaseToken which of the leases of that name
 * @param token the claim's own
 */
public record Claim(String resource, String lease, long leaseToken, long token) {
    public Claim {
        Rules.name("resource", resource);
        Rules.name("lease", lease);
        Rules.token("leaseToken", leaseToken);
        Rules.token("token", token);
    }
}
