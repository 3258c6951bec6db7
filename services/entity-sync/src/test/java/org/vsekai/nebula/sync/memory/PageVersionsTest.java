package org.vsekai.nebula.sync.memory;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PageVersionsTest {
    private final PageVersions versions = new PageVersions();

    private RoundHeader.Page round(int page, int checksum) {
        RoundHeader.Page written = versions.write(page, 10, checksum);
        versions.complete();
        return written;
    }

    @Test
    void pageAlternatesBetweenTwoVersionsAndTheHeaderNamesTheNewest() {
        assertThat(round(3, 1).version()).isEqualTo(0);
        assertThat(round(3, 2).version()).isEqualTo(1);
        assertThat(round(3, 3).version()).isEqualTo(0);
        assertThat(round(1, 4).version()).isEqualTo(0);
        assertThat(versions.all())
                .containsExactly(new RoundHeader.Page(1, 0, 10, 4), new RoundHeader.Page(3, 0, 10, 3));
    }

    @Test
    void roundThatFailedForCertainIsWrittenAgainInItsPlace() {
        RoundHeader.Page complete = round(0, 1);
        RoundHeader.Page failed = versions.write(0, 10, 2);
        assertThat(versions.all()).containsExactly(failed);
        versions.fail(true);
        assertThat(versions.all()).containsExactly(complete);
        assertThat(versions.write(0, 10, 3).version()).isEqualTo(failed.version());
    }

    @Test
    void versionThatMayYetBeWrittenIsNeverWrittenAgain() {
        RoundHeader.Page complete = round(0, 1);
        RoundHeader.Page lost = versions.write(0, 10, 2);
        versions.burn(lost);
        versions.fail(true);
        RoundHeader.Page unknown = versions.write(0, 10, 3);
        assertThat(unknown.version()).isNotIn(complete.version(), lost.version());
        versions.fail(false);
        RoundHeader.Page after = versions.write(0, 10, 4);
        assertThat(after.version()).isNotIn(complete.version(), lost.version(), unknown.version());
        versions.complete();
        assertThat(versions.takeBurnt())
                .containsExactly(
                        new PageVersions.Version(0, lost.version()), new PageVersions.Version(0, unknown.version()));
        assertThat(round(0, 5).version()).isEqualTo(complete.version());
    }

    @Test
    void whatIsForgottenIsInNoHeaderUntilItIsWrittenAgain() {
        RoundHeader.Page unused = round(0, 1);
        unused = round(1, 1);
        versions.forget();
        RoundHeader.Page again = versions.write(1, 10, 2);
        assertThat(versions.all()).containsExactly(again);
    }
}
