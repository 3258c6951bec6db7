package org.vsekai.nebula.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Bulk data from the command line, and the store looked after. */
@ExtendWith(WholeStack.Extension.class)
class AssetsIT {
    private static final Pattern ID = Pattern.compile("\"id\":\"([0-9a-f-]{36})\"");

    @TempDir
    Path temporary;

    @Test
    void aModelIsPutOnceGetInPartsListedRemovedAndCollected(WholeStack stack) throws IOException, InterruptedException {
        Vsekai studio = new Vsekai(stack, temporary.resolve("studio")).with("VSEKAI_TOKEN", stack.token());
        byte[] content = new byte[3_000_000];
        new Random(77).nextBytes(content);
        Path file = Files.write(temporary.resolve("haus.glb"), content);

        String first = studio.run("asset", "put", "--json", "--owner", "studio", file.toString())
                .out();
        Matcher id = ID.matcher(first);
        assertThat(id.find()).as(first).isTrue();
        assertThat(first).contains("\"media_type\":\"model/gltf-binary\"");
        String again = studio.run("asset", "put", "--json", "--id", id.group(1), file.toString())
                .out();
        assertThat(again).contains("\"missing_chunks\":0", "\"sent_bytes\":0");

        // Of a run that was cut off a part is left, with the tag of what it is a part of.
        Path target = temporary.resolve("copy.glb");
        String tag = Web.header(stack.assetStore().resolve("api/v1/assets/" + id.group(1)), "ETag");
        Files.write(temporary.resolve("copy.glb.part"), Arrays.copyOf(content, 2_000_000));
        Files.writeString(temporary.resolve("copy.glb.part.etag"), tag);
        String got = studio.run("asset", "get", "--json", id.group(1), target.toString())
                .out();
        assertThat(got).contains("\"received_bytes\":1000000");
        assertThat(Files.readAllBytes(target)).isEqualTo(content);
        // A part of something else is not gone on from.
        Files.write(temporary.resolve("copy.glb.part"), new byte[2_000_000]);
        Files.writeString(temporary.resolve("copy.glb.part.etag"), "\"other\"");
        studio.run("asset", "get", id.group(1), target.toString());
        assertThat(Files.readAllBytes(target)).isEqualTo(content);

        assertThat(studio.run("asset", "list", "--owner", "studio").out()).contains(id.group(1), "haus.glb");
        assertThat(studio.attempt("asset", "rm", UUID.randomUUID().toString()).exitCode())
                .isEqualTo(7);
        studio.run("asset", "rm", id.group(1));
        assertThat(studio.attempt("asset", "get", id.group(1), target.toString())
                        .exitCode())
                .isEqualTo(7);

        // Unneeded for less long than the grace time, the content stays; without any it goes.
        assertThat(studio.run("store", "collect", "--delete", "--json").out()).doesNotContain("\"chunks_swept\"");
        assertThat(studio.run("store", "collect", "--delete", "--grace", "PT0S", "--json")
                        .out())
                .contains("\"chunks_swept\"");
        assertThat(studio.run("store", "verify").out()).contains("chunks_read");
        assertThat(studio.attempt("store", "verify", "--repair").exitCode()).isEqualTo(2);
    }
}
