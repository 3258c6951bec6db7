/**
 * Who may call: one bearer token scheme for REST, chunk uploads and gRPC.
 *
 * <p>In: the {@code Authorization} header and the configured SHA-256 digests. Out: a security identity with roles,
 * which {@code @RolesAllowed} then checks. Tokens themselves are never configured, stored or logged.
 */
@NullMarked
package org.vsekai.nebula.kit.auth;

import org.jspecify.annotations.NullMarked;
