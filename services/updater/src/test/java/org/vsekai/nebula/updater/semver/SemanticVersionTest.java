package org.vsekai.nebula.updater.semver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SemanticVersionTest {
    // Both lists are those that semver.org offers for testing regular expressions.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.4",
                "1.2.3",
                "10.20.30",
                "1.1.2-prerelease+meta",
                "1.1.2+meta",
                "1.1.2+meta-valid",
                "1.0.0-alpha",
                "1.0.0-beta",
                "1.0.0-alpha.beta",
                "1.0.0-alpha.beta.1",
                "1.0.0-alpha.1",
                "1.0.0-alpha0.valid",
                "1.0.0-alpha.0valid",
                "1.0.0-alpha-a.b-c-somethinglong+build.1-aef.1-its-okay",
                "1.0.0-rc.1+build.1",
                "2.0.0-rc.1+build.123",
                "1.2.3-beta",
                "10.2.3-DEV-SNAPSHOT",
                "1.2.3-SNAPSHOT-123",
                "1.0.0",
                "2.0.0",
                "1.1.7",
                "2.0.0+build.1848",
                "2.0.1-alpha.1227",
                "1.0.0-alpha+beta",
                "1.2.3----RC-SNAPSHOT.12.9.1--.12+788",
                "1.2.3----R-S.12.9.1--.12+meta",
                "1.2.3----RC-SNAPSHOT.12.9.1--.12",
                "1.0.0+0.build.1-rc.10000aaa-kk-0.1",
                "99999999999999999999999.999999999999999999.99999999999999999",
                "1.0.0-0A.is.legal"
            })
    void acceptsWhatTheSpecificationAccepts(String text) {
        assertThat(new SemanticVersion(text)).hasToString(text);
        assertThat(SemanticVersion.find(text)).contains(new SemanticVersion(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1",
                "1.2",
                "1.2.3-0123",
                "1.2.3-0123.0123",
                "1.1.2+.123",
                "+invalid",
                "-invalid",
                "-invalid+invalid",
                "-invalid.01",
                "alpha",
                "alpha.beta",
                "alpha.beta.1",
                "alpha.1",
                "alpha+beta",
                "alpha_beta",
                "alpha.",
                "alpha..",
                "beta",
                "1.0.0-alpha_beta",
                "-alpha.",
                "1.0.0-alpha..",
                "1.0.0-alpha..1",
                "1.0.0-alpha...1",
                "1.0.0-alpha....1",
                "1.0.0-alpha.....1",
                "1.0.0-alpha......1",
                "1.0.0-alpha.......1",
                "01.1.1",
                "1.01.1",
                "1.1.01",
                "1.2.3.DEV",
                "1.2-SNAPSHOT",
                "1.2.31.2.3----RC-SNAPSHOT.12.09.1--..12+788",
                "1.2-RC-SNAPSHOT",
                "-1.0.3-gamma+b7718",
                "+justmeta",
                "9.8.7+meta+meta",
                "9.8.7-whatever+meta+meta",
                "99999999999999999999999.999999999999999999.99999999999999999----RC-SNAPSHOT.12.09.1--------------------------------..12",
                "v1.0.0",
                " 1.0.0",
                "1.0.0\n",
                "1.0.0-é",
                "١.٠.٠"
            })
    void refusesWhatTheSpecificationRefuses(String text) {
        assertThat(SemanticVersion.find(text)).isEmpty();
        assertThatThrownBy(() -> new SemanticVersion(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void refusesTextBeyondItsBoundWithoutRepeatingIt() {
        String longest = "1.0.0-" + "a".repeat(SemanticVersion.MAX_LENGTH - 6);
        assertThat(SemanticVersion.find(longest)).isPresent();
        assertThat(SemanticVersion.find(longest + "a")).isEmpty();
        assertThatThrownBy(() -> new SemanticVersion("1.0.0-" + "a".repeat(1_000_000)))
                .hasMessageContaining("255")
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(300));
    }

    @Test
    void ordersTheSpecificationsExamples() {
        assertThat(List.of("1.0.0", "2.0.0", "2.1.0", "2.1.1")).satisfies(SemanticVersionTest::isStrictlyAscending);
        assertThat(List.of(
                        "1.0.0-alpha",
                        "1.0.0-alpha.1",
                        "1.0.0-alpha.beta",
                        "1.0.0-beta",
                        "1.0.0-beta.2",
                        "1.0.0-beta.11",
                        "1.0.0-rc.1",
                        "1.0.0"))
                .satisfies(SemanticVersionTest::isStrictlyAscending);
    }

    @Test
    void ignoresBuildMetadataInPrecedence() {
        assertThat(new SemanticVersion("1.0.0-rc.1+linux").precedence())
                .isEqualTo(new SemanticVersion("1.0.0-rc.1+windows.2").precedence())
                .isEqualTo(new SemanticVersion("1.0.0-rc.1").precedence());
        assertThat(new SemanticVersion("1.0.0+a")).isNotEqualTo(new SemanticVersion("1.0.0+b"));
    }

    @Test
    void encodesPrecedenceAsDocumented() {
        assertThat(HexFormat.ofDelimiter(" ").formatHex(new SemanticVersion("1.0.0-rc.2").precedence()))
                .isEqualTo("01 31 01 30 01 30 02 72 63 00 01 01 32 00");
    }

    @Test
    void orderOfBytesIsPrecedenceForRandomVersions() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<String> versions =
                IntStream.range(0, 200).mapToObj(i -> randomVersion(random)).toList();
        for (String left : versions) {
            for (String right : versions) {
                assertThat(Integer.signum(new SemanticVersion(left).compareTo(new SemanticVersion(right))))
                        .as("%s <=> %s, seed %d", left, right, seed)
                        .isEqualTo(Integer.signum(Section11.INSTANCE.compare(left, right)));
            }
        }
    }

    @Test
    void precedenceStaysWithinItsBound() {
        assertThat(new SemanticVersion("1.0.0-" + "a.".repeat(124) + "a").precedence())
                .hasSizeLessThan(1024);
        assertThat(new SemanticVersion("9".repeat(251) + ".0.0").precedence()).hasSizeLessThan(1024);
    }

    private static void isStrictlyAscending(List<? extends String> versions) {
        for (int i = 0; i < versions.size(); i++) {
            for (int j = 0; j < versions.size(); j++) {
                assertThat(Integer.signum(
                                new SemanticVersion(versions.get(i)).compareTo(new SemanticVersion(versions.get(j)))))
                        .as("%s <=> %s", versions.get(i), versions.get(j))
                        .isEqualTo(Integer.compare(i, j));
            }
        }
    }

    private static String randomVersion(Random random) {
        StringBuilder text = new StringBuilder();
        text.append(number(random))
                .append('.')
                .append(number(random))
                .append('.')
                .append(number(random));
        if (random.nextInt(4) > 0) {
            text.append('-')
                    .append(IntStream.rangeClosed(0, random.nextInt(3))
                            .mapToObj(i -> random.nextBoolean() ? number(random) : word(random))
                            .collect(Collectors.joining(".")));
        }
        if (random.nextInt(4) == 0) {
            text.append("+").append(word(random));
        }
        return text.toString();
    }

    private static String number(Random random) {
        return switch (random.nextInt(3)) {
            case 0 -> Integer.toString(random.nextInt(3));
            case 1 -> Integer.toString(random.nextInt(120));
            default -> new BigInteger(70, random).toString();
        };
    }

    private static String word(Random random) {
        String alphabet = "abAB-019";
        String word = random.ints(1 + random.nextInt(3), 0, alphabet.length())
                .mapToObj(i -> alphabet.substring(i, i + 1))
                .collect(Collectors.joining());
        return word.chars().allMatch(Character::isDigit) ? word + "-" : word;
    }

    /** Section 11 of the specification, word by word, as an independent second opinion. */
    private enum Section11 implements Comparator<String> {
        INSTANCE;

        @Override
        public int compare(String left, String right) {
            String[] a = left.split("\\+", 2)[0].split("-", 2);
            String[] b = right.split("\\+", 2)[0].split("-", 2);
            List<String> coreA = List.of(a[0].split("\\."));
            List<String> coreB = List.of(b[0].split("\\."));
            for (int i = 0; i < 3; i++) {
                int order = new BigInteger(coreA.get(i)).compareTo(new BigInteger(coreB.get(i)));
                if (order != 0) {
                    return order;
                }
            }
            if (a.length != b.length) {
                return b.length - a.length;
            }
            return a.length == 1 ? 0 : comparePreReleases(a[1], b[1]);
        }

        private static int comparePreReleases(String left, String right) {
            List<String> a = new ArrayList<>(List.of(left.split("\\.")));
            List<String> b = new ArrayList<>(List.of(right.split("\\.")));
            for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
                boolean numberA = a.get(i).matches("[0-9]+");
                boolean numberB = b.get(i).matches("[0-9]+");
                int order;
                if (numberA && numberB) {
                    order = new BigInteger(a.get(i)).compareTo(new BigInteger(b.get(i)));
                } else if (numberA != numberB) {
                    order = numberA ? -1 : 1;
                } else {
                    order = a.get(i).compareTo(b.get(i));
                }
                if (order != 0) {
                    return order;
                }
            }
            return a.size() - b.size();
        }
    }
}
