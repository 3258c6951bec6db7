package org.vsekai.nebula.launcher.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.vsekai.nebula.casync.pack.PackListing;
import org.vsekai.nebula.casync.pack.PackName;
import org.vsekai.nebula.launcher.BadAnswerException;

class PackListingReaderTest {
    private static final String INDEX = "1".repeat(64) + ".caidx";
    private static final PackListing LISTING = new PackListing(
            INDEX,
            List.of(
                    new PackListing.Entry(
                            Optional.empty(), new PackName("a".repeat(64)), 1L << 40, new PackName("b".repeat(64)), 77),
                    new PackListing.Entry(
                            Optional.of("2".repeat(64) + ".caidx"),
                            new PackName("c".repeat(64)),
                            0,
                            new PackName("d".repeat(64)),
                            78)));

    private static PackListing read(String document) {
        return PackListingReader.read(document.getBytes(StandardCharsets.UTF_8), "packs", INDEX);
    }

    @Test
    void readsWhatTheStoreWrites() {
        assertThat(read(LISTING.toJson())).isEqualTo(LISTING);
        PackListing none = new PackListing(INDEX, List.of());
        assertThat(read(none.toJson())).isEqualTo(none);
    }

    @Test
    void refusesTheListCutAtEveryByte() {
        byte[] whole = LISTING.toJson().getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < whole.length; i++) {
            byte[] cut = Arrays.copyOf(whole, i);
            assertThatExceptionOfType(BadAnswerException.class)
                    .isThrownBy(() -> PackListingReader.read(cut, "packs", INDEX));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"schema\":1|\"schema\":2|too old",
                "\"schema\":1,|''|is missing",
                "\"kind\":\"install\"|\"kind\":\"other\"|unknown kind",
                "\"kind\":\"install\"|\"kind\":\"delta\"|a delta has a base",
                ".capack|.zip|must end in .capack",
                "aaaaaaaa|../../aa|hexadecimal",
                "22222222|../../22|not the name of an index",
                "\"pack_size\":0|\"pack_size\":-1|a pack of -1 bytes",
                "\"pack_size\":0|\"pack_size\":\"0\"|whole number",
                "\"pack_size\":0|\"extra\":0|unknown field",
                "\"pack_index_size\":78|\"pack_index_size\":999999999|pack index of 999999999",
                "11111111|33333333|the packs are those of",
            })
    void refusesWhatIsNotOfTheForm(String part, String replacement, String message) {
        assertThatExceptionOfType(BadAnswerException.class)
                .isThrownBy(() -> read(LISTING.toJson().replaceFirst(part, replacement)))
                .withMessageContaining(message);
    }

    @Test
    void refusesMorePacksThanAnIndexMayHave() {
        String one = LISTING.toJson().replaceFirst(".*\"packs\":\\[(\\{.*?\\}).*", "$1");
        String many = LISTING.toJson().replaceFirst("\\[.*\\]", "[" + (one + ",").repeat(16) + one + "]");
        assertThatExceptionOfType(BadAnswerException.class)
                .isThrownBy(() -> read(many))
                .withMessageContaining("too many packs");
        assertThatExceptionOfType(BadAnswerException.class)
                .isThrownBy(() -> read(LISTING.toJson().replace("[", "[" + one + ",")))
                .withMessageContaining("one of each kind");
    }
}
