package org.vsekai.nebula.kit.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.vsekai.nebula.kit.testing.TestTokens;

class TokenDigestsTest {
    private record Config(
            Optional<List<String>> publisher, Optional<List<String>> operator, Optional<List<String>> server)
            implements AuthConfig {}

    @Test
    void tokenInTwoListsHasBothRoles() {
        String digest = TestTokens.digest("t");
        TokenDigests digests = new TokenDigests(new Config(
                Optional.of(List.of(TestTokens.digest("other"), digest)),
                Optional.of(List.of(digest.toUpperCase(java.util.Locale.ROOT))),
                Optional.empty()));

        assertThat(digests.rolesOf("t")).containsExactlyInAnyOrder(Role.PUBLISHER, Role.OPERATOR);
        assertThat(digests.rolesOf("other")).containsExactly(Role.PUBLISHER);
        assertThat(digests.rolesOf("t ")).isEmpty();
        assertThat(digests.rolesOf("")).isEmpty();
        assertThat(digests.isEmpty()).isFalse();
    }

    @Test
    void digestItselfIsNoToken() {
        String digest = TestTokens.digest("t");
        TokenDigests digests =
                new TokenDigests(new Config(Optional.of(List.of(digest)), Optional.empty(), Optional.empty()));

        assertThat(digests.rolesOf(digest)).isEmpty();
    }

    @Test
    void nothingConfiguredMeansNobodyMayWrite() {
        TokenDigests digests = new TokenDigests(new Config(Optional.empty(), Optional.empty(), Optional.empty()));

        assertThat(digests.isEmpty()).isTrue();
        assertThat(new AuthAdvice(digests).unauthenticated()).contains("nebula.auth.publisher");
    }

    @Test
    void tokenPutInPlaceOfItsDigestIsRefusedWithoutRepeatingIt() {
        assertThatThrownBy(() -> new TokenDigests(
                        new Config(Optional.of(List.of("secret-token")), Optional.empty(), Optional.empty())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("nebula.auth.publisher")
                .hasMessageNotContaining("secret-token");
    }
}
