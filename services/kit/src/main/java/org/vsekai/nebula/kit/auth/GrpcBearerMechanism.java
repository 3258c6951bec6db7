package org.vsekai.nebula.kit.auth;

import io.grpc.Metadata;
import io.quarkus.grpc.auth.GrpcSecurityMechanism;
import io.quarkus.security.identity.request.AuthenticationRequest;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Objects;

/** Reads the bearer token of a gRPC call's metadata; a call without one stays anonymous. */
@ApplicationScoped
class GrpcBearerMechanism implements GrpcSecurityMechanism {
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    @Override
    public boolean handles(Metadata metadata) {
        return BearerToken.isPresent(metadata.get(AUTHORIZATION));
    }

    @Override
    public AuthenticationRequest createAuthenticationRequest(Metadata metadata) {
        return BearerToken.request(Objects.requireNonNull(metadata.get(AUTHORIZATION)));
    }
}
