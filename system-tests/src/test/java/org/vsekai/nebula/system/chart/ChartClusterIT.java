package org.vsekai.nebula.system.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsekai.nebula.kit.testing.Eventually;

/**
 * The chart is installed, upgraded, rolled back and uninstalled by helm on a real API server, by {@code ./nebula chart}. There are no nodes, so no pod runs:
 * hooks, which wait for theirs, are left out, and nothing is waited for.
 */
class ChartClusterIT {
    /** What other projects' operators bring; here any fields are taken. */
    private static final List<String> CUSTOM = List.of(
            "cert-manager.io v1 Certificate certificates",
            "monitoring.coreos.com v1 ServiceMonitor servicemonitors",
            "monitoring.coreos.com v1 PrometheusRule prometheusrules",
            "gateway.networking.k8s.io v1 HTTPRoute httproutes");

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"minimal", "production", "external"})
    void isInstalledUpgradedRolledBackAndUninstalled(String values) throws Exception {
        assumeThat(Boolean.getBoolean("nebula.chart.cluster"))
                .as("by ./nebula chart, which builds kube-apiserver")
                .isTrue();
        try (ApiServer server = new ApiServer(Files.createDirectories(folder.resolve("cluster")))) {
            // It listens a moment before it answers.
            Eventually.eventually(() -> {
                try {
                    helm(
                            server,
                            "install",
                            "needed",
                            needed().toString(),
                            "--namespace",
                            Chart.NAMESPACE,
                            "--create-namespace");
                } catch (IOException | InterruptedException e) {
                    throw new AssertionError(e);
                }
            });
            String file = Chart.values(values).toString();
            helm(server, "install", Chart.RELEASE, ".", "-n", Chart.NAMESPACE, "-f", file, "--no-hooks");
            Set<String> first = resources(server);
            assertThat(first)
                    .anyMatch(name -> name.startsWith("StatefulSet/"))
                    .anyMatch(name -> name.startsWith("Service/"));
            assertThat(image(server)).endsWith("/cdn-registry:0.1.0");

            helm(
                    server,
                    "upgrade",
                    Chart.RELEASE,
                    ".",
                    "-n",
                    Chart.NAMESPACE,
                    "-f",
                    file,
                    "--no-hooks",
                    "--set",
                    "image.tag=0.2.0");
            assertThat(resources(server)).isEqualTo(first);
            assertThat(image(server)).endsWith("/cdn-registry:0.2.0");

            helm(server, "rollback", Chart.RELEASE, "-n", Chart.NAMESPACE, "--no-hooks");
            assertThat(image(server)).endsWith("/cdn-registry:0.1.0");
            JsonNode history = new ObjectMapper()
                    .readTree(helm(server, "history", Chart.RELEASE, "-n", Chart.NAMESPACE, "-o", "json"));
            assertThat(history).hasSize(3);
            System.out.printf(
                    "%s: %d resources installed, upgraded and rolled back on Kubernetes' API server%n",
                    values, first.size());

            helm(server, "uninstall", Chart.RELEASE, "-n", Chart.NAMESPACE, "--no-hooks");
            assertThat(helm(server, "list", "-n", Chart.NAMESPACE, "-q").strip())
                    .isEqualTo("needed");
        }
    }

    /** Another chart: custom kinds, and the secret that operators make by hand. */
    private Path needed() throws IOException {
        Path chart = folder.resolve("needed");
        Files.createDirectories(chart.resolve("crds"));
        Files.createDirectories(chart.resolve("templates"));
        Files.writeString(chart.resolve("Chart.yaml"), "apiVersion: v2\nname: needed\nversion: 0.1.0\n");
        Files.writeString(
                chart.resolve("templates/secret.yaml"),
                "apiVersion: v1\nkind: Secret\nmetadata: {name: nebula}\nstringData: {operator-digests: none}\n");
        for (String custom : CUSTOM) {
            String[] parts = custom.split(" ");
            Files.writeString(chart.resolve("crds").resolve(parts[3] + ".yaml"), """
                    apiVersion: apiextensions.k8s.io/v1
                    kind: CustomResourceDefinition
                    metadata:
                      name: %4$s.%1$s
                      annotations: {api-approved.kubernetes.io: unapproved}
                    spec:
                      group: %1$s
                      scope: Namespaced
                      names: {kind: %3$s, plural: %4$s}
                      versions:
                        - name: %2$s
                          served: true
                          storage: true
                          schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
                    """.formatted(
                            parts[0], parts[1], parts[2], parts[3]));
        }
        return chart;
    }

    /** What the server has of the release, as {@code kind/name}. */
    private static Set<String> resources(ApiServer server) throws IOException, InterruptedException {
        Set<String> names = new TreeSet<>();
        status(server)
                .at("/info/resources")
                .forEach(kind -> kind.forEach(resource -> names.add(resource.get("kind")
                                .asText() + "/" + resource.at("/metadata/name").asText())));
        return names;
    }

    /** As the server has it. */
    private static String image(ApiServer server) throws IOException, InterruptedException {
        List<String> images = new ArrayList<>();
        status(server)
                .at("/info/resources")
                .forEach(kind -> kind.forEach(resource -> {
                    if (resource.get("kind").asText().equals("Deployment")
                            && resource.at("/metadata/name").asText().contains("cdn-registry")) {
                        images.add(resource.at("/spec/template/spec/containers/0/image")
                                .asText());
                    }
                }));
        assertThat(images).hasSize(1);
        return images.getFirst();
    }

    private static JsonNode status(ApiServer server) throws IOException, InterruptedException {
        return new ObjectMapper()
                .readTree(
                        helm(server, "status", Chart.RELEASE, "-n", Chart.NAMESPACE, "--show-resources", "-o", "json"));
    }

    private static String helm(ApiServer server, String... arguments) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--kubeconfig", server.kubeconfig().toString()));
        return Chart.helm().run(Chart.FOLDER, all.toArray(String[]::new));
    }
}
