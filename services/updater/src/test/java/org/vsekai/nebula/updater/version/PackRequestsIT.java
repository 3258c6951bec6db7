package org.vsekai.nebula.updater.version;

import static org.assertj.core.api.Assertions.assertThat;
import static org.vsekai.nebula.kit.testing.Eventually.eventually;

import io.quarkus.test.junit.QuarkusTest;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.vsekai.nebula.api.assets.v1.PackTarget;
import org.vsekai.nebula.updater.testing.UpdaterTest;

/** What asset-store is asked to pack. */
@QuarkusTest
class PackRequestsIT extends UpdaterTest {
    private PackTarget target(String version, String... bases) {
        return PackTarget.newBuilder()
                .setIndexName(index(version))
                .addAllBaseIndexNames(List.of(bases).stream().map(this::index).toList())
                .build();
    }

    private void assertAsksFor(PackTarget... targets) {
        eventually(() -> assertThat(assets.packs().values())
                .singleElement()
                .satisfies(asked -> assertThat(asked.getTargetsList()).containsExactly(targets)));
    }

    @Test
    void theLastThreeVersionsArePackedWithDeltasFromThreeBeforeEach() {
        createMode("stable");
        for (String version : List.of("1", "2", "3", "4", "5")) {
            postVersion("stable", "0." + version + ".0", index(version)).then().statusCode(201);
        }
        assertAsksFor(target("5", "4", "3", "2"), target("4", "3", "2", "1"), target("3", "2", "1"));

        publisher().delete("/api/v1/modes/stable/versions/0.5.0").then().statusCode(204);
        assertAsksFor(target("4", "3", "2", "1"), target("3", "2", "1"), target("2", "1"));
    }
}
