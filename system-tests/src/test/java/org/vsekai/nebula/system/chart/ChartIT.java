package org.vsekai.nebula.system.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsekai.nebula.system.Peer;
import org.vsekai.nebula.system.SourceTree;

/** The Helm chart: by helm itself, against Kubernetes' schemas, and against the code that it runs. */
class ChartIT {
    private static final String COMPONENT = "app.kubernetes.io/component";

    /** Kubernetes' own schemas do not have these, so their fields are not checked. */
    private static final Set<String> CUSTOM = Set.of("Certificate", "ServiceMonitor", "PrometheusRule", "HTTPRoute");

    /** Variables of Quarkus, the JVM and the chart itself. */
    private static final Set<String> OTHERS = Set.of(
            "QUARKUS_CONFIG_LOCATIONS",
            "QUARKUS_GRPC_SERVER_SSL_CERTIFICATE",
            "QUARKUS_GRPC_SERVER_SSL_KEY",
            "QUARKUS_GRPC_SERVER_PLAIN_TEXT",
            "JAVA_TOOL_OPTIONS",
            "POD_NAME",
            "POD_INDEX");

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"minimal", "production", "external"})
    void lintsStrictly(String values) throws Exception {
        Chart.helm()
                .run(
                        Chart.FOLDER,
                        "lint",
                        "--strict",
                        ".",
                        "--kube-version",
                        Chart.KUBERNETES,
                        "-f",
                        Chart.values(values).toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"minimal", "production", "external"})
    void isWhatKubernetesTakes(String values) throws Exception {
        List<String> files = new ArrayList<>();
        Set<String> unchecked = new TreeSet<>();
        for (JsonNode document : Chart.render(values)) {
            String kind = document.get("kind").asText();
            if (CUSTOM.contains(kind)) {
                unchecked.add(kind + " " + document.at("/metadata/name").asText());
            } else {
                Path file = folder.resolve(files.size() + ".yaml");
                Files.writeString(file, document.toString());
                files.add(file.toString());
            }
        }
        List<String> arguments = new ArrayList<>(List.of("--strict"));
        arguments.addAll(files);
        Peer.find("python/bin/kubernetes-validate").run(folder, arguments.toArray(String[]::new));
        System.out.printf(
                "%s: %d resources are as Kubernetes' schemas say; not checked, as they are custom: %s%n",
                values, files.size(), unchecked);
    }

    @ParameterizedTest
    @ValueSource(strings = {"minimal", "production", "external"})
    void setsOnlyWhatTheCodeKnows(String values) throws Exception {
        ConfigurationKeys keys = ConfigurationKeys.ofTheCode();
        Set<String> unknown = new TreeSet<>();
        for (JsonNode document : Chart.render(values)) {
            for (JsonNode container : containers(document)) {
                if (!container.get("name").asText().equals("infinispan")) {
                    container.path("env").forEach(variable -> {
                        String name = variable.get("name").asText();
                        if (!OTHERS.contains(name) && !keys.hasVariable(name)) {
                            unknown.add(name);
                        }
                    });
                }
            }
            document.at("/data/worlds.properties").asText().lines().forEach(line -> {
                if (!keys.hasProperty(line.substring(0, line.indexOf('=')))) {
                    unknown.add(line);
                }
            });
        }
        assertThat(unknown).isEmpty();
        assertThat(keys.hasVariable("NEBULA_ZONES_MOSTLY")).isFalse();
        assertThat(keys.hasProperty("nebula.worlds.city.zones-y")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"minimal", "production", "external"})
    void podsMayDoNothingThatTheyNeedNot(String values) throws Exception {
        for (JsonNode document : Chart.render(values)) {
            JsonNode pod = pod(document);
            String name = document.at("/metadata/name").asText();
            if (pod.isMissingNode()) {
                continue;
            }
            assertThat(pod.path("automountServiceAccountToken").asBoolean(true))
                    .as(name)
                    .isFalse();
            assertThat(pod.at("/securityContext/seccompProfile/type").asText())
                    .as(name)
                    .isEqualTo("RuntimeDefault");
            assertThat(pod.at("/securityContext/runAsUser").asInt()).as(name).isPositive();
            for (JsonNode container : containers(document)) {
                JsonNode security = container.get("securityContext");
                assertThat(security.get("readOnlyRootFilesystem").asBoolean())
                        .as(name)
                        .isTrue();
                assertThat(security.get("runAsNonRoot").asBoolean()).as(name).isTrue();
                assertThat(security.get("allowPrivilegeEscalation").asBoolean())
                        .as(name)
                        .isFalse();
                assertThat(security.at("/capabilities/drop/0").asText())
                        .as(name)
                        .isEqualTo("ALL");
                assertThat(container.at("/resources/limits/memory").isMissingNode())
                        .as(name)
                        .isFalse();
                container.path("env").forEach(variable -> {
                    String of = variable.get("name").asText();
                    if (of.matches(".*(PASSWORD|SECRET|TOKEN|TICKETS_KEY|SECRET_KEY|ACCESS_KEY|ADMIN_USER)")) {
                        assertThat(variable.at("/valueFrom/secretKeyRef/name").asText())
                                .as("%s of %s", of, name)
                                .isEqualTo("nebula");
                    }
                });
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"minimal", "production", "external"})
    void everySelectorFindsPods(String values) throws Exception {
        List<JsonNode> documents = Chart.render(values);
        List<JsonNode> labels = documents.stream()
                .map(document -> document.at("/spec/template/metadata/labels"))
                .filter(found -> !found.isMissingNode())
                .toList();
        for (JsonNode document : documents) {
            JsonNode selector =
                    switch (document.get("kind").asText()) {
                        case "Service" -> document.at("/spec/selector");
                        case "PodDisruptionBudget", "Deployment", "StatefulSet" ->
                            document.at("/spec/selector/matchLabels");
                        case "NetworkPolicy" -> document.at("/spec/podSelector/matchLabels");
                        default -> null;
                    };
            boolean ofMigrations = values.equals("external")
                    && document.at("/metadata/labels").path(COMPONENT).asText().equals("migrations");
            if (selector != null && !ofMigrations) {
                assertThat(labels).as("%s", document.at("/metadata/name")).anyMatch(pod -> selects(selector, pod));
            }
        }
        for (JsonNode pod : labels) {
            assertThat(documents)
                    .as("policies for %s", pod)
                    .anyMatch(document -> document.get("kind").asText().equals("NetworkPolicy")
                            && selects(document.at("/spec/podSelector/matchLabels"), pod));
        }
    }

    /** StatefulSets add the pod's index. */
    private static boolean selects(JsonNode selector, JsonNode labels) {
        return selector.properties().stream()
                .allMatch(label -> label.getKey().equals("apps.kubernetes.io/pod-index")
                        || label.getValue().equals(labels.get(label.getKey())));
    }

    @Test
    void podsReachEachOtherByTheArrowsOfTheArchitecture() throws Exception {
        Set<String> in = new TreeSet<>();
        Set<String> out = new TreeSet<>();
        for (JsonNode document : Chart.render("production")) {
            if (!document.get("kind").asText().equals("NetworkPolicy")) {
                continue;
            }
            String component =
                    document.at("/spec/podSelector/matchLabels").get(COMPONENT).asText();
            arrows(
                    document.at("/spec/ingress"),
                    "from",
                    (peer, port) -> in.add(peer + " -> " + component + ":" + port));
            arrows(document.at("/spec/egress"), "to", (peer, port) -> out.add(component + " -> " + peer + ":" + port));
        }
        in.removeIf(arrow -> arrow.startsWith("test -> "));
        assertThat(in).isEqualTo(out);
        assertThat(in)
                .containsExactlyInAnyOrder(
                        "updater -> asset-store:9000",
                        "zones -> asset-store:9000",
                        "updater -> ledger:9000",
                        "cdn-registry -> ledger:9000",
                        "asset-store -> ledger:9000",
                        "zones -> ledger:9000",
                        "ledger -> ledger:8103",
                        "updater -> cache:11222",
                        "cdn-registry -> cache:11222",
                        "asset-store -> cache:11222",
                        "zones -> cache:11222",
                        "cache -> cache:7800",
                        "cache -> cache:57800");
    }

    private interface Arrow {
        void add(String peer, int port);
    }

    private static void arrows(JsonNode rules, String side, Arrow arrow) {
        for (JsonNode rule : rules) {
            for (JsonNode peer : rule.path(side)) {
                JsonNode component = peer.at("/podSelector/matchLabels").path(COMPONENT);
                if (!component.isMissingNode()) {
                    rule.get("ports")
                            .forEach(port -> arrow.add(
                                    component.asText(), port.get("port").asInt()));
                }
            }
        }
    }

    @Test
    void membersOfTheLedgerAreNamedAlikeEverywhere() throws Exception {
        List<JsonNode> documents = Chart.render("production");
        JsonNode ledger = find(documents, "StatefulSet", "nebula-ledger");
        assertThat(variable(ledger, "NEBULA_ENTITY_SYNC_LEDGER_MEMBERS"))
                .isEqualTo("nebula-ledger-0,nebula-ledger-1,nebula-ledger-2");
        assertThat(ledger.at("/spec/replicas").asInt()).isEqualTo(3);
        assertThat(ledger.at("/spec/volumeClaimTemplates/0/metadata/name").asText())
                .isEqualTo("log");
        assertThat(variable(ledger, "NEBULA_ENTITY_SYNC_LEDGER_DISCOVERY_DNS")).isEqualTo("nebula-ledger.games.svc");
        JsonNode service = find(documents, "Service", "nebula-ledger");
        assertThat(service.at("/spec/clusterIP").asText()).isEqualTo("None");
        assertThat(service.at("/spec/publishNotReadyAddresses").asBoolean()).isTrue();
        for (String client : List.of("nebula-updater", "nebula-asset-store")) {
            assertThat(variable(find(documents, "Deployment", client), "NEBULA_LEDGER_ENDPOINTS"))
                    .isEqualTo(
                            "nebula-ledger-0.nebula-ledger.games.svc:9000,nebula-ledger-1.nebula-ledger.games.svc:9000,"
                                    + "nebula-ledger-2.nebula-ledger.games.svc:9000");
        }
    }

    @Test
    void aVolumeHasOneReplicaAndABucketMany() throws Exception {
        JsonNode onVolume = find(Chart.render("minimal"), "Deployment", "nebula-asset-store");
        assertThat(onVolume.at("/spec/replicas").asInt()).isEqualTo(1);
        assertThat(onVolume.at("/spec/strategy/type").asText()).isEqualTo("Recreate");
        JsonNode onBucket = find(Chart.render("production"), "Deployment", "nebula-asset-store");
        assertThat(onBucket.at("/spec/replicas").asInt()).isEqualTo(3);
        assertThat(onBucket.at("/spec/strategy/rollingUpdate/maxUnavailable").asInt(1))
                .isZero();
        assertThatThrownBy(() -> Chart.template("minimal", "--set", "assetStore.autoscaling.enabled=true"))
                .hasMessageContaining("a volume has one replica");
    }

    /** 5 s to be taken out of services, then zones.finish-patience and 5 s more, then the shutdown's time-out. */
    @Test
    void aNodeHasTimeToHandItsZonesOver() throws Exception {
        JsonNode zones = find(Chart.render("production"), "StatefulSet", "nebula-zones");
        JsonNode pod = zones.at("/spec/template/spec");
        int sleep = pod.at("/containers/0/lifecycle/preStop/sleep/seconds").asInt();
        assertThat(sleep).isPositive();
        assertThat(pod.get("terminationGracePeriodSeconds").asInt()).isGreaterThan(sleep + 15 + 5 + 10);
        assertThat(variable(zones, "NEBULA_ZONES_ADDRESS")).isEqualTo("zones-$(POD_INDEX).example.org:9000");
    }

    @Test
    void whatCannotWorkIsRefusedWithAReason() {
        Map<String, String> refused = new TreeMap<>(Map.of(
                "existingSecret=", "existingSecret is needed",
                "image.registry=", "image.registry is needed",
                "database.address=", "database.address is needed",
                "public.updater=", "public.updater is needed",
                "ledger.replicas=2", "ledger",
                "ledger.replicas=3", "certManager.issuerRef",
                "assetStore.storage=s3", "assetStore.s3.url is needed",
                "zones.tls.enabled=true", "zones.tls needs",
                "updater.replcas=3", "replcas",
                "public.assetStore=ftp://x/", "assetStore"));
        refused.forEach((setting, reason) -> assertThatThrownBy(() -> Chart.template("minimal", "--set", setting))
                .as(setting)
                .hasMessageContaining(reason));
    }

    @Test
    void alertsAndTheDashboardAskForMetricsThatExist() throws Exception {
        Set<String> asked = new TreeSet<>();
        for (String file : List.of("files/alerts.yaml", "files/dashboard.json")) {
            Matcher matcher =
                    Pattern.compile("\\bnebula_[a-z0-9_]+").matcher(Files.readString(Chart.FOLDER.resolve(file)));
            while (matcher.find()) {
                asked.add(matcher.group());
            }
        }
        JsonNode dashboard = new ObjectMapper()
                .readTree(Chart.FOLDER.resolve("files/dashboard.json").toFile());
        assertThat(dashboard.get("panels").size()).isGreaterThan(8);
        assertThat(asked).hasSizeGreaterThan(15);
        Set<String> told = metrics();
        asked.removeIf(name -> told.contains(name.replaceAll("_total$", "")));
        assertThat(asked).as("metrics that no code registers").isEmpty();
    }

    /** Names of metrics stand in the code whole, or below a prefix that stands in the same package. */
    private static Set<String> metrics() throws IOException {
        Pattern text = Pattern.compile("\"([a-z][a-z.]*)\"");
        Set<String> names = new HashSet<>();
        try (Stream<Path> files = Files.walk(SourceTree.root().resolve("services"))) {
            for (Path file : files.filter(each -> each.toString().contains("src/main/java")
                            && each.toString().endsWith(".java"))
                    .toList()) {
                String source = Files.readString(file);
                if (!source.contains("\"nebula.")) {
                    continue;
                }
                List<String> prefixes = new ArrayList<>(List.of(""));
                List<String> ends = new ArrayList<>();
                Matcher matcher = text.matcher(source);
                while (matcher.find()) {
                    (matcher.group(1).endsWith(".") ? prefixes : ends).add(matcher.group(1));
                }
                prefixes.forEach(prefix -> ends.forEach(end -> names.add((prefix + end).replace('.', '_'))));
            }
        }
        return names;
    }

    private static JsonNode find(List<JsonNode> documents, String kind, String name) {
        return documents.stream()
                .filter(document -> document.get("kind").asText().equals(kind)
                        && document.at("/metadata/name").asText().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + kind + " " + name));
    }

    private static String variable(JsonNode workload, String name) {
        for (JsonNode variable : workload.at("/spec/template/spec/containers/0/env")) {
            if (variable.get("name").asText().equals(name)) {
                return variable.path("value").asText();
            }
        }
        throw new AssertionError("no variable " + name);
    }

    private static JsonNode pod(JsonNode document) {
        return document.get("kind").asText().equals("Pod") ? document.get("spec") : document.at("/spec/template/spec");
    }

    private static List<JsonNode> containers(JsonNode document) {
        List<JsonNode> containers = new ArrayList<>();
        pod(document).path("containers").forEach(containers::add);
        return containers;
    }
}
