package org.vsekai.nebula.launcher.update;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.net.URI;
import org.vsekai.nebula.fuzz.Bounded;
import org.vsekai.nebula.launcher.BadAnswerException;
import org.vsekai.nebula.launcher.http.Http;

/** What the updater answers is a bad answer, or names files by digests at http addresses. */
class UpdateAnswerFuzz {
    private static final URI QUESTION = URI.create("http://updates.example/api/v1/modes/stable/update");

    @FuzzTest(maxDuration = "15s")
    void parse(byte[] input) throws Exception {
        Bounded.run(input.length, () -> {
            UpdateAnswer answer;
            try {
                answer = UpdateAnswer.parse(QUESTION, Http.parse(QUESTION, input));
            } catch (BadAnswerException e) {
                return;
            }
            answer.findTarget().ifPresent(target -> {
                assertThat(target.manifest().sha256()).matches("[0-9a-f]{64}");
                assertThat(target.index().sha256()).matches("[0-9a-f]{64}");
                assertThat(target.index().at(QUESTION).getHost()).isEqualTo(QUESTION.getHost());
            });
        });
    }
}
