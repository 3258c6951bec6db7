package org.vsekai.nebula.system.chart;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.vsekai.nebula.system.Peer;
import org.vsekai.nebula.system.SourceTree;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The chart, by the real helm. */
final class Chart {
    static final Path FOLDER = SourceTree.root().resolve("deploy/helm/nebula");
    static final String NAMESPACE = "games";
    static final String RELEASE = "nebula";

    /** Without a cluster to ask, helm takes a version that may be years old. */
    static final String KUBERNETES = "1.34.0";

    private static final ObjectMapper JSON = new ObjectMapper();

    private Chart() {}

    static Peer helm() {
        return Peer.find("helm");
    }

    /** One of the files that show how the chart is used: {@code minimal}, {@code production}, {@code external}. */
    static Path values(String name) {
        return FOLDER.resolve("ci").resolve(name + "-values.yaml");
    }

    /** What would be installed. */
    static List<JsonNode> render(String values, String... more) throws IOException, InterruptedException {
        return documents(template(values, more));
    }

    static String template(String values, String... more) throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of(
                "template",
                RELEASE,
                ".",
                "-n",
                NAMESPACE,
                "--kube-version",
                KUBERNETES,
                "-f",
                values(values).toString()));
        arguments.addAll(List.of(more));
        return helm().run(FOLDER, arguments.toArray(String[]::new));
    }

    static List<JsonNode> documents(String yaml) {
        List<JsonNode> documents = new ArrayList<>();
        for (Object document : new Yaml(new SafeConstructor(new LoaderOptions())).loadAll(yaml)) {
            if (document != null) {
                documents.add(JSON.valueToTree(document));
            }
        }
        return documents;
    }
}
