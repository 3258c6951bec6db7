package org.vsekai.nebula.launcher.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import org.vsekai.nebula.casync.pack.PackListing;
import org.vsekai.nebula.fuzz.Bounded;
import org.vsekai.nebula.launcher.BadAnswerException;

/** A list of packs is a bad answer, or reads the same once it is written again. */
class PackListingFuzz {
    private static final String INDEX = "a".repeat(64) + ".caidx";

    @FuzzTest(maxDuration = "15s")
    void read(byte[] input) throws Exception {
        Bounded.run(input.length, () -> {
            PackListing listing;
            try {
                listing = PackListingReader.read(input, "input", INDEX);
            } catch (BadAnswerException e) {
                return;
            }
            byte[] again = listing.toJson().getBytes(StandardCharsets.UTF_8);
            assertThat(PackListingReader.read(again, "written", INDEX)).isEqualTo(listing);
        });
    }
}
