package org.vsekai.nebula.kit.cache;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BreakerTest {
    private final Breaker breaker = new Breaker(3);

    @Test
    void isOpenUntilSomebodyFoundThatThePeerAnswers() {
        assertThat(breaker.isOpen()).isTrue();

        breaker.close();

        assertThat(breaker.isOpen()).isFalse();
    }

    @Test
    void opensWithTheLastOfSoManyFailuresInARow() {
        breaker.close();

        assertThat(breaker.failed()).isFalse();
        assertThat(breaker.failed()).isFalse();
        assertThat(breaker.isOpen()).isFalse();
        assertThat(breaker.failed()).isTrue();
        assertThat(breaker.isOpen()).isTrue();
        assertThat(breaker.failed()).as("it is open already").isFalse();
    }

    @Test
    void anAnswerInBetweenBeginsTheRowAnew() {
        breaker.close();
        breaker.failed();
        breaker.failed();

        breaker.succeeded();
        breaker.failed();
        breaker.failed();

        assertThat(breaker.isOpen()).isFalse();
    }

    @Test
    void anAnswerThatComesLateDoesNotCloseIt() {
        breaker.close();
        breaker.failed();
        breaker.failed();
        breaker.failed();

        breaker.succeeded();

        assertThat(breaker.isOpen()).isTrue();
    }
}
