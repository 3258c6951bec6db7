package org.vsekai.nebula.stores.url;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsekai.nebula.casync.store.HttpChunkStore;
import org.vsekai.nebula.casync.store.HttpStoreOptions;
import org.vsekai.nebula.casync.store.LocalChunkStore;
import org.vsekai.nebula.casync.store.ReadableStore;
import org.vsekai.nebula.casync.store.WritableStore;
import org.vsekai.nebula.stores.FailoverStore;
import org.vsekai.nebula.stores.ObjectChunkStore;

class StoreUrlsTest {
    private static final Map<String, String> ENVIRONMENT =
            Map.of("S3_ACCESS_KEY", "key", "S3_SECRET_KEY", "secret", "SFTP_KNOWN_HOSTS", "/dev/null");

    private final StoreUrls urls = new StoreUrls(HttpStoreOptions.DEFAULT, ENVIRONMENT);

    @ParameterizedTest
    @CsvSource({
        "s3://games, s3://games",
        "s3://games/a/b/, s3://games/a/b",
        "s3://games/a?region=eu-central-1, s3://games/a",
        "s3://games/a?endpoint=https://s3.example.org:9000&region=x, s3+https://s3.example.org:9000/games/a",
        "s3://games/a?endpoint=s3.example.org&lookup=dns, s3+https://s3.example.org/games/a",
        "s3+http://127.0.0.1:9000/games/a/b, s3+http://127.0.0.1:9000/games/a/b",
        "s3+https://s3.example.org/games?lookup=auto, s3+https://s3.example.org/games",
        "sftp://me@host.example.org/srv/store/, sftp://me@host.example.org:22/srv/store",
        "sftp://me@host.example.org:2222/srv/store, sftp://me@host.example.org:2222/srv/store",
    })
    void remoteStoreIsCalledByWhereItIs(String text, String name) {
        try (WritableStore store = urls.openWritable(text)) {
            assertThat(store).isInstanceOf(ObjectChunkStore.class);
            assertThat(store.name()).isEqualTo(name);
        }
    }

    @Test
    void foldersAndWebServersAreAsBefore() {
        try (WritableStore folder = urls.openWritable("/srv/store");
                WritableStore web = urls.openWritable("https://example.org/store")) {
            assertThat(folder).isInstanceOf(LocalChunkStore.class);
            assertThat(web).isInstanceOf(HttpChunkStore.class);
        }
    }

    @Test
    void barsMakeAGroupThatCanOnlyBeRead() {
        try (ReadableStore group = urls.openReadable("/srv/a|https://example.org/b|/srv/c")) {
            assertThat(group).isInstanceOf(FailoverStore.class);
            assertThat(group.name()).isEqualTo("/srv/a|https://example.org/b/|/srv/c");
        }
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> urls.openWritable("/srv/a|/srv/b").close());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/a||/b",
                "ftp://example.org/a",
                "s3:games",
                "s3://",
                "s3://key:verysecret@games/a",
                "s3://games/a?acl=public",
                "s3://games/a?endpoint=ftp://example.org",
                "s3://games/a?endpoint=https://key:verysecret@example.org",
                "s3://games/a?lookup=sideways",
                "s3://games/a#b",
                "s3+http://127.0.0.1:9000/",
                "s3+ftp://127.0.0.1/games",
                "sftp://me:verysecret@example.org/a",
                "sftp://example.org",
                "sftp://example.org/a?b",
                "sftp://exa mple.org/a",
            })
    void textThatIsNoStoreIsRefusedWithoutShowingSecrets(String text) {
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> urls.openReadable(text).close())
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("verysecret"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://example.org/", "relative/folder", "ftp://a/b"})
    void objectsHaveTheirPlaceInFoldersS3AndSftpOnly(String text) {
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> urls.openObjects(text).close())
                .withMessageContaining(text);
    }
}
