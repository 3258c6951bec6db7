package org.vsekai.nebula.system.chart;

import com.tngtech.archunit.core.domain.JavaAnnotation;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaParameterizedType;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.vsekai.nebula.system.SourceTree;

/**
 * Every setting that the code has: the interfaces that settings are mapped to, the variables that properties files name, and those that
 * programs read themselves.
 */
final class ConfigurationKeys {
    private static final String MAPPING = "io.smallrye.config.ConfigMapping";
    private static final String NAME = "io.smallrye.config.WithName";
    private static final String PARENT_NAME = "io.smallrye.config.WithParentName";
    private static final Pattern VARIABLE = Pattern.compile("\\b(?:NEBULA|S3)_[A-Z0-9_]+\\b");
    private static final List<String> SERVICES =
            List.of("kit", "updater", "cdn-registry", "asset-store", "entity-sync");

    /** As in a properties file; {@code *} stands for the key of a map. */
    private final Set<String> properties = new TreeSet<>();

    /** Named in the code as they are, rather than made of a property's name. */
    private final Set<String> variables = new TreeSet<>();

    private ConfigurationKeys() {}

    static ConfigurationKeys ofTheCode() throws IOException {
        ConfigurationKeys keys = new ConfigurationKeys();
        Path root = SourceTree.root();
        new ClassFileImporter()
                        .importPaths(SERVICES.stream()
                                .map(service -> root.resolve("services")
                                        .resolve(service)
                                        .resolve("target/classes"))
                                .toList())
                        .stream()
                        .filter(type -> type.isAnnotatedWith(MAPPING))
                        .forEach(type -> keys.add(
                                type.getAnnotationOfType(MAPPING)
                                        .get("prefix")
                                        .orElseThrow()
                                        .toString(),
                                type));
        for (String service : SERVICES) {
            keys.addVariables(root.resolve("services").resolve(service).resolve("src/main"));
        }
        keys.addVariables(root.resolve("stores/src/main"));
        keys.addVariables(root.resolve("migrations/src/main"));
        return keys;
    }

    private void addVariables(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(each -> each.toString().matches(".*\\.(java|properties)"))
                    .toList()) {
                Matcher matcher = VARIABLE.matcher(Files.readString(file));
                while (matcher.find()) {
                    variables.add(matcher.group());
                }
            }
        }
    }

    private void add(String prefix, JavaClass type) {
        for (JavaMethod method : type.getMethods()) {
            if (!method.getRawParameterTypes().isEmpty()
                    || method.getModifiers().stream()
                            .anyMatch(modifier -> modifier.name().equals("STATIC"))) {
                continue;
            }
            String name = method.tryGetAnnotationOfType(NAME)
                    .map(ConfigurationKeys::value)
                    .orElseGet(() -> kebab(method.getName()));
            boolean asParent = method.isAnnotatedWith(PARENT_NAME);
            add(asParent ? prefix : prefix + "." + name, method.getReturnType());
        }
    }

    private void add(String name, JavaType type) {
        JavaClass raw = type.toErasure();
        if (type instanceof JavaParameterizedType of) {
            List<JavaType> arguments = of.getActualTypeArguments();
            if (raw.isEquivalentTo(java.util.Map.class)) {
                add(name + ".*", arguments.get(1));
                return;
            }
            if (raw.isEquivalentTo(List.class) && isGroup(arguments.getFirst())) {
                add(name + "[*]", arguments.getFirst());
                return;
            }
            if (raw.isEquivalentTo(Optional.class)) {
                add(name, arguments.getFirst());
                return;
            }
        }
        if (isGroup(type)) {
            add(name, raw);
        } else {
            properties.add(name);
        }
    }

    private static boolean isGroup(JavaType type) {
        JavaClass raw = type.toErasure();
        return raw.isInterface() && raw.getPackageName().startsWith("org.vsekai.nebula");
    }

    private static String value(JavaAnnotation<?> annotation) {
        return annotation.get("value").orElseThrow().toString();
    }

    private static String kebab(String name) {
        return name.replaceAll("([a-z0-9])([A-Z])", "$1-$2").toLowerCase(Locale.ROOT);
    }

    /** By the rules of MicroProfile Config. */
    private static String variable(String property) {
        return property.replaceAll("[^A-Za-z0-9]", "_").toUpperCase(Locale.ROOT);
    }

    boolean hasVariable(String name) {
        return variables.contains(name)
                || properties.stream().anyMatch(property -> variable(property).equals(name));
    }

    boolean hasProperty(String name) {
        return properties.stream()
                .map(property -> Stream.of(property.split("\\*", -1))
                        .map(Pattern::quote)
                        .collect(Collectors.joining("[^.\\]]+")))
                .anyMatch(name::matches);
    }
}
