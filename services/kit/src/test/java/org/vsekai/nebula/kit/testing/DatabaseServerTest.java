package org.vsekai.nebula.kit.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DatabaseServerTest {
    @Test
    void everyPartOfTheUrlIsKept() {
        DatabaseServer server =
                DatabaseServer.parse("postgresql://root:p%40ss:word@[::1]:26257/defaultdb?sslmode=disable");

        assertThat(server)
                .isEqualTo(new DatabaseServer("[::1]", 26257, "root", "p@ss:word", "defaultdb", "?sslmode=disable"));
        assertThat(server.jdbcUrl("nebula")).isEqualTo("jdbc:postgresql://[::1]:26257/nebula?sslmode=disable");
    }

    @Test
    void whatIsMissingHasItsUsualValue() {
        assertThat(DatabaseServer.parse("postgresql://root@db.test/"))
                .isEqualTo(new DatabaseServer("db.test", 5432, "root", "", "postgres", ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"jdbc:postgresql://root:secret@db.test/", "postgresql://db.test/", "postgresql:///nebula"})
    void otherUrlsAreRefusedWithoutRepeatingThem(String url) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DatabaseServer.parse(url))
                .withMessageContaining("NEBULA_TEST_DATABASE_URL")
                .withMessageNotContaining("secret");
    }
}
