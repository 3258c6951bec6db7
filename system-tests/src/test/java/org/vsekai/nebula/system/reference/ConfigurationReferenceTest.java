package org.vsekai.nebula.system.reference;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.vsekai.nebula.system.SourceTree;
import org.vsekai.nebula.system.reference.SettingsOfTheCode.Setting;

/** docs/operate/configuration.md is made of the code. With {@code -Dnebula.reference.write=true} this writes it, else it compares. */
class ConfigurationReferenceTest {
    private static final Path PAGE = Path.of("docs/operate/configuration.md");

    private static final String HEAD = """
            # Every setting

            Made from the code by `mvn -pl system-tests test -Dtest=ConfigurationReferenceTest -Dnebula.reference.write=true`; a test fails when they differ.

            A setting is given as a variable of the environment, as a system property (`-Dnebula.cache.timeout=100ms`), or in a file
            `config/application.properties` below the folder that the program runs in, or that `QUARKUS_CONFIG_LOCATIONS` names. The keys of a map (`NAME`)
            and places in a list (`[N]`, from 0) cannot be told by variables.
            Times are written as `500ms`, `10s`, `5m`, `24h` or as ISO 8601 has them; sizes as bytes or with `K`, `M`, `G` (1024 each); lists with commas in between. A
            setting of which no default is told is either needed or off. Secrets have none.

            Quarkus' own properties apply too ([its reference](https://quarkus.io/guides/all-config)); those that the services take from variables of their own come first.
            """;

    @Test
    void thePageSaysWhatTheCodeSays() throws IOException {
        String page = page();
        Path file = SourceTree.root().resolve(PAGE);
        if (Boolean.getBoolean("nebula.reference.write")) {
            Files.writeString(file, page);
        }
        assertThat(Files.readString(file))
                .as("%s; its first paragraph says how it is made", PAGE)
                .isEqualTo(page);
    }

    private static String page() throws IOException {
        Map<String, String> modules = new LinkedHashMap<>();
        modules.put("kit", "All services");
        for (String service : List.of("updater", "cdn-registry", "asset-store", "entity-sync")) {
            modules.put(service, service);
        }
        StringBuilder page = new StringBuilder(HEAD);
        int described = 0;
        for (Map.Entry<String, String> module : modules.entrySet()) {
            SettingsOfTheCode code = new SettingsOfTheCode(
                    List.of(SourceTree.root().resolve("services").resolve(module.getKey())));
            page.append("\n## ").append(module.getValue()).append('\n');
            Map<String, Setting> framework = code.variablesOfTheFramework();
            if (!framework.isEmpty()) {
                page.append("\n| Variable | Sets | Default |\n| --- | --- | --- |\n");
                framework.forEach((variable, setting) ->
                        page.append("| `%s` | `%s` | %s |\n".formatted(variable, setting.property(), value(setting))));
            }
            for (Map.Entry<String, List<Setting>> mapping : code.all().entrySet()) {
                page.append("\n### `").append(mapping.getKey()).append("`\n\n");
                page.append("| Property | Variable | Value | Default | Meaning |\n| --- | --- | --- | --- | --- |\n");
                for (Setting setting : mapping.getValue()) {
                    assertThat(setting.meaning())
                            .as("comment of %s", setting.property())
                            .isNotEmpty();
                    page.append(row(mapping.getKey(), setting));
                    described++;
                }
            }
        }
        assertThat(described).as("settings that were found").isGreaterThan(150);
        return page.toString();
    }

    private static String row(String prefix, Setting setting) {
        String variable = Stream.ofNullable(setting.variable())
                .map(name -> "`" + name + "`")
                .findFirst()
                .orElse("");
        return "| `%s` | %s | %s | %s | %s |\n"
                .formatted(
                        setting.property().substring(prefix.length() + 1),
                        variable,
                        setting.type(),
                        value(setting),
                        setting.meaning());
    }

    private static String value(Setting setting) {
        return setting.value() == null ? "" : "`" + setting.value().replace("|", "\\|") + "`";
    }
}
