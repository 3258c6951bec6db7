package org.vsekai.nebula.parts.infinispan;

import java.security.Principal;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import javax.security.auth.Subject;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.PasswordCallback;
import javax.security.auth.callback.UnsupportedCallbackException;
import javax.security.sasl.AuthenticationException;
import javax.security.sasl.AuthorizeCallback;
import javax.security.sasl.SaslException;
import javax.security.sasl.SaslServer;
import org.infinispan.server.core.security.SubjectUserInfo;
import org.infinispan.server.core.security.sasl.AuthorizingCallbackHandler;
import org.infinispan.server.core.security.sasl.SaslAuthenticator;
import org.infinispan.server.core.security.sasl.SubjectSaslServer;
import org.infinispan.server.core.security.simple.SimpleUserPrincipal;
import org.jspecify.annotations.Nullable;
import org.wildfly.security.password.WildFlyElytronPasswordProvider;
import org.wildfly.security.sasl.scram.ScramSaslServerFactory;

/** Lets in one user by SCRAM (RFC 5802), so that the password itself never crosses the wire. Thread-safe. */
final class PasswordAuthenticator implements SaslAuthenticator {
    static final String MECHANISM = "SCRAM-SHA-256";
    static final String SERVER_NAME = "nebula-cache";

    private final String user;
    private final String password;

    PasswordAuthenticator(String user, String password) {
        this.user = user;
        this.password = password;
    }

    @Override
    public SaslServer createSaslServer(
            String mechanism,
            List<Principal> principals,
            String protocol,
            String serverName,
            Map<String, String> properties)
            throws SaslException {
        Handshake handshake = new Handshake();
        SaslServer server = new ScramSaslServerFactory(WildFlyElytronPasswordProvider.getInstance())
                .createSaslServer(mechanism, protocol, serverName, properties, handshake);
        if (server == null) {
            throw new SaslException("This node speaks " + MECHANISM + ", not " + mechanism);
        }
        return new SubjectSaslServer(server, principals, handshake);
    }

    /** One client's. */
    private final class Handshake implements AuthorizingCallbackHandler {
        private final Subject subject = new Subject();
        private @Nullable String name;

        @Override
        public void handle(Callback[] callbacks) throws SaslException, UnsupportedCallbackException {
            for (Callback callback : callbacks) {
                switch (callback) {
                    case NameCallback asked -> {
                        name = asked.getDefaultName();
                        asked.setName(name);
                    }
                    case PasswordCallback asked -> {
                        if (!user.equals(name)) {
                            throw new AuthenticationException("unknown user");
                        }
                        asked.setPassword(password.toCharArray());
                    }
                    case AuthorizeCallback asked ->
                        asked.setAuthorized(asked.getAuthenticationID().equals(asked.getAuthorizationID()));
                    default -> throw new UnsupportedCallbackException(callback);
                }
            }
        }

        @Override
        public SubjectUserInfo getSubjectUserInfo(@Nullable Collection<Principal> principals) {
            if (principals != null) {
                subject.getPrincipals().addAll(principals);
            }
            subject.getPrincipals().add(new SimpleUserPrincipal(user));
            return new UserInfo(user, subject);
        }
    }

    private record UserInfo(String getUserName, Subject getSubject) implements SubjectUserInfo {
        @Override
        public Collection<Principal> getPrincipals() {
            return getSubject.getPrincipals();
        }
    }
}
