package org.vsekai.nebula.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.vsekai.nebula.kit.testing.Eventually;

/** docs/operate/metrics.md names every metric of ours that the services tell, and no other. */
@ExtendWith(WholeStack.Extension.class)
class MetricsPageIT {
    private static final Pattern TOLD = Pattern.compile("(?m)^(nebula_[a-z0-9_]+)");
    private static final Pattern NAMED = Pattern.compile("`(nebula_[a-z0-9_]+)`");
    private static final String RARE = "## Only when there is something to tell";

    private final HttpClient http = HttpClient.newHttpClient();

    @TempDir
    Path temporary;

    @Test
    void everyMetricIsOnThePageAndThePageNamesNoOther(WholeStack stack) throws Exception {
        Vsekai studio = new Vsekai(stack, temporary).with("VSEKAI_TOKEN", stack.token());
        studio.run("mode", "create", "metrics");
        Path build = Files.createDirectories(temporary.resolve("build"));
        Files.writeString(build.resolve("a.txt"), "a");
        studio.run("publish", "--mode", "metrics", "--version", "0.1.0", build.toString());
        Web.get(stack.updater().resolve("api/v1/modes/metrics/update"));

        String page = Files.readString(SourceTree.root().resolve("docs/operate/metrics.md"));
        int rare = page.indexOf(RARE);
        assertThat(rare).isPositive();
        Set<String> usual = named(page.substring(0, rare));
        Set<String> seldom = named(page.substring(rare));
        // A zone is claimed a moment after its node is ready.
        Eventually.eventually(() -> assertThat(withoutRare(told(stack), seldom)).isEqualTo(usual));
    }

    private static Set<String> withoutRare(Set<String> told, Set<String> rare) {
        told.removeAll(rare);
        return told;
    }

    private static Set<String> named(String text) {
        return NAMED.matcher(text).results().map(name -> name.group(1)).collect(Collectors.toCollection(TreeSet::new));
    }

    private Set<String> told(WholeStack stack) {
        Set<String> told = new TreeSet<>();
        try {
            for (URI service :
                    new URI[] {stack.updater(), stack.cdnRegistry(), stack.assetStore(), stack.entitySync()}) {
                HttpRequest request = HttpRequest.newBuilder(service.resolve("q/metrics"))
                        .header("Authorization", "Bearer " + stack.token())
                        .build();
                HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
                assertThat(response.statusCode()).isEqualTo(200);
                Matcher names = TOLD.matcher(response.body());
                while (names.find()) {
                    told.add(names.group(1));
                }
            }
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
        return told;
    }
}
