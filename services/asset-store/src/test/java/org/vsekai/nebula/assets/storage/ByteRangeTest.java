package org.vsekai.nebula.assets.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteRangeTest {
    @ParameterizedTest
    @CsvSource({
        "bytes=0-0, 0, 0",
        "bytes=0-9, 0, 9",
        "bytes=3-, 3, 9",
        "bytes=-3, 7, 9",
        "bytes=-99, 0, 9",
        "bytes=9-99, 9, 9",
        "' bytes = 1 - 2 ', 1, 2",
    })
    void partIsCutToTheFile(String header, long first, long last) throws Exception {
        assertThat(ByteRange.parse(header, 10)).contains(new ByteRange(first, last));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=5-4", "bytes=0-1,3-4", "items=0-1"})
    void whatIsNotUnderstoodMeansTheWholeFile(String header) throws Exception {
        assertThat(ByteRange.parse(header, 10)).isEmpty();
    }

    @Test
    void numberTooLargeForALongMeansTheWholeFile() throws Exception {
        assertThat(ByteRange.parse("bytes=0-99999999999999999999999", 10)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=10-", "bytes=10-11", "bytes=-0"})
    void partBehindTheEndCannotBeSatisfied(String header) {
        assertThatThrownBy(() -> ByteRange.parse(header, 10)).isInstanceOf(ByteRange.UnsatisfiableException.class);
    }

    @Test
    void noPartOfAnEmptyFileCanBeSatisfied() {
        assertThatThrownBy(() -> ByteRange.parse("bytes=0-", 0)).isInstanceOf(ByteRange.UnsatisfiableException.class);
        assertThatThrownBy(() -> ByteRange.parse("bytes=-1", 0)).isInstanceOf(ByteRange.UnsatisfiableException.class);
    }
}
