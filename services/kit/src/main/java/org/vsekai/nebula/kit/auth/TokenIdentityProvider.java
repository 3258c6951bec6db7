package org.vsekai.nebula.kit.auth;

import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.identity.AuthenticationRequestContext;
import io.quarkus.security.identity.IdentityProvider;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.identity.request.TokenAuthenticationRequest;
import io.quarkus.security.runtime.QuarkusPrincipal;
import io.quarkus.security.runtime.QuarkusSecurityIdentity;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Set;
import java.util.stream.Collectors;

/** Turns a token into an identity with its roles, for HTTP and gRPC alike. */
@ApplicationScoped
class TokenIdentityProvider implements IdentityProvider<TokenAuthenticationRequest> {
    private final TokenDigests digests;

    TokenIdentityProvider(TokenDigests digests) {
        this.digests = digests;
    }

    @Override
    public Class<TokenAuthenticationRequest> getRequestType() {
        return TokenAuthenticationRequest.class;
    }

    @Override
    public Uni<SecurityIdentity> authenticate(
            TokenAuthenticationRequest request, AuthenticationRequestContext context) {
        Set<Role> roles = digests.rolesOf(request.getToken().getToken());
        if (roles.isEmpty()) {
            return Uni.createFrom().failure(() -> new AuthenticationFailedException("the bearer token is not known"));
        }
        return Uni.createFrom().item(() -> QuarkusSecurityIdentity.builder()
                .setPrincipal(
                        new QuarkusPrincipal(roles.stream().map(Role::text).collect(Collectors.joining("+"))))
                .addRoles(roles.stream().map(Role::text).collect(Collectors.toSet()))
                .build());
    }
}
