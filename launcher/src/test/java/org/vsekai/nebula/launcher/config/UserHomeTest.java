package org.vsekai.nebula.launcher.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class UserHomeTest {
    @Test
    void isWhatTheEnvironmentSays() {
        assertThat(UserHome.of(Map.of("HOME", "/home/me"), "Linux", "/root")).isEqualTo(Path.of("/home/me"));
        assertThat(UserHome.of(Map.of("HOME", "/Users/me"), "Mac OS X", "/root"))
                .isEqualTo(Path.of("/Users/me"));
    }

    @Test
    void isWhatTheSystemKnowsWhereTheEnvironmentIsSilentOrOnWindows() {
        assertThat(UserHome.of(Map.of(), "Linux", "/root")).isEqualTo(Path.of("/root"));
        assertThat(UserHome.of(Map.of("HOME", ""), "Linux", "/root")).isEqualTo(Path.of("/root"));
        assertThat(UserHome.of(Map.of("HOME", "/c/me"), "Windows 11", "C:/Users/me"))
                .isEqualTo(Path.of("C:/Users/me"));
    }
}
