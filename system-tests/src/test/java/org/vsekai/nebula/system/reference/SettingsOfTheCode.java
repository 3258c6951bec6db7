package org.vsekai.nebula.system.reference;

import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.AssignmentTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/**
 * Every setting that a service's sources have, as the interfaces that settings are mapped to tell it. Sources are parsed and not compiled: names,
 * defaults and comments are all in one place there.
 */
final class SettingsOfTheCode {
    private static final Pattern FROM_ENVIRONMENT = Pattern.compile("\\$\\{([A-Z][A-Z0-9_]*)(?::(.*))?}");
    private static final Pattern NAMED_VARIABLE =
            Pattern.compile("\\s*[Ee]nvironment:?\\s+\\{@code ([A-Z0-9_]+)}(,[^.]*)?\\.?");

    /**
     * One setting.
     *
     * @param property its name; {@code NAME} and {@code N} stand for the key of a map and the place in a list
     * @param variable of the environment; null where there is none, as of a map's
     * @param type as a person writes the value
     * @param value where none is given; null: there is none
     */
    record Setting(
            String property,
            @Nullable String variable,
            String type,
            @Nullable String value,
            String meaning) {}

    private final Map<String, ClassTree> types = new HashMap<>();
    private final Map<Tree, String> comments = new HashMap<>();
    private final Properties properties = new Properties();

    /** @param modules folders of modules whose sources and resources count */
    SettingsOfTheCode(List<Path> modules) throws IOException {
        List<Path> sources = new ArrayList<>();
        for (Path module : modules) {
            try (Stream<Path> files = Files.walk(module.resolve("src/main/java"))) {
                files.filter(file -> file.toString().endsWith(".java")).forEach(sources::add);
            }
            for (String name : List.of("application.properties", "META-INF/microprofile-config.properties")) {
                Path file = module.resolve("src/main/resources").resolve(name);
                if (Files.exists(file)) {
                    try (Reader reader = Files.newBufferedReader(file)) {
                        properties.load(reader);
                    }
                }
            }
        }
        parse(sources);
    }

    private void parse(List<Path> sources) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            JavacTask task = (JavacTask) compiler.getTask(
                    null, files, null, List.of("-proc:none"), null, files.getJavaFileObjectsFromPaths(sources));
            DocTrees trees = DocTrees.instance(task);
            for (CompilationUnitTree unit : task.parse()) {
                new TreePathScanner<Void, Void>() {
                    @Override
                    public Void visitClass(ClassTree type, Void nothing) {
                        types.put(type.getSimpleName().toString(), type);
                        return super.visitClass(type, nothing);
                    }

                    @Override
                    public Void visitMethod(MethodTree method, Void nothing) {
                        String comment = trees.getDocComment(new TreePath(getCurrentPath(), method).getParentPath());
                        if (comment != null) {
                            comments.put(method, comment);
                        }
                        return super.visitMethod(method, nothing);
                    }
                }.scan(unit, null);
            }
        }
    }

    /** By their prefix, and in the order of the sources. */
    Map<String, List<Setting>> all() {
        Map<String, List<Setting>> all = new TreeMap<>();
        for (ClassTree type : types.values()) {
            find(type.getModifiers(), "ConfigMapping").ifPresent(mapping -> {
                String prefix = value(mapping, "prefix");
                List<Setting> settings = new ArrayList<>();
                add(prefix, type, settings);
                all.put(prefix, settings);
            });
        }
        return all;
    }

    /** Properties of the framework that take their value from a variable of ours, which is the key. */
    Map<String, Setting> variablesOfTheFramework() {
        Map<String, Setting> all = new TreeMap<>();
        for (String property : properties.stringPropertyNames()) {
            Matcher matcher = FROM_ENVIRONMENT.matcher(properties.getProperty(property));
            if (property.startsWith("quarkus.") && matcher.matches()) {
                String value = matcher.group(2);
                all.put(
                        matcher.group(1),
                        new Setting(
                                property, matcher.group(1), "", value == null || value.isEmpty() ? null : value, ""));
            }
        }
        return all;
    }

    private void add(String prefix, ClassTree group, List<Setting> settings) {
        for (Tree member : group.getMembers()) {
            if (!(member instanceof MethodTree method)
                    || method.getModifiers().getFlags().contains(Modifier.STATIC)
                    || method.getModifiers().getFlags().contains(Modifier.DEFAULT)) {
                continue;
            }
            String name = find(method.getModifiers(), "WithName")
                    .map(annotation -> value(annotation, "value"))
                    .orElseGet(() -> kebab(method.getName().toString()));
            boolean asParent = find(method.getModifiers(), "WithParentName").isPresent();
            add(
                    asParent ? prefix : prefix + "." + name,
                    method,
                    method.getReturnType().toString(),
                    settings);
        }
    }

    private void add(String property, MethodTree method, String type, List<Setting> settings) {
        Matcher map = Pattern.compile("Map<String, ?(\\w+)>").matcher(type);
        Matcher list = Pattern.compile("List<(\\w+)>").matcher(type);
        Matcher optional = Pattern.compile("Optional<(.+)>").matcher(type);
        if (map.matches()) {
            add(property + ".NAME", method, map.group(1), settings);
        } else if (list.matches() && isGroup(list.group(1))) {
            add(property + "[N]", types.get(list.group(1)), settings);
        } else if (optional.matches()) {
            add(property, method, optional.group(1), settings);
        } else if (isGroup(type)) {
            add(property, types.get(type), settings);
        } else {
            settings.add(setting(property, method, type));
        }
    }

    private boolean isGroup(String type) {
        ClassTree found = types.get(type);
        return found != null && found.getKind() == Tree.Kind.INTERFACE;
    }

    private Setting setting(String property, MethodTree method, String type) {
        boolean keyed = property.contains("NAME") || property.contains("[N]");
        String variable =
                keyed ? null : property.replaceAll("[^A-Za-z0-9]", "_").toUpperCase(Locale.ROOT);
        String value = find(method.getModifiers(), "WithDefault")
                .map(annotation -> value(annotation, "value"))
                .orElse(null);
        // What a service's own properties say goes before the code's default.
        value = properties.getProperty(property, value);
        if (value != null) {
            Matcher matcher = FROM_ENVIRONMENT.matcher(value);
            if (matcher.matches()) {
                variable = matcher.group(1);
                value = matcher.group(2) == null || matcher.group(2).isEmpty() ? null : matcher.group(2);
            }
        }
        String comment = comments.getOrDefault(method, "");
        return new Setting(property, variable, written(type), value, text(comment));
    }

    private String written(String type) {
        ClassTree found = types.get(type);
        if (found != null && found.getKind() == Tree.Kind.ENUM) {
            return String.join(
                    ", ",
                    found.getMembers().stream()
                            .filter(member -> member instanceof com.sun.source.tree.VariableTree variable
                                    && variable.getType().toString().equals(type))
                            .map(member -> ((com.sun.source.tree.VariableTree) member)
                                    .getName()
                                    .toString()
                                    .toLowerCase(Locale.ROOT))
                            .toList());
        }
        return switch (type) {
            case "int", "long" -> "number";
            case "double" -> "fraction";
            case "boolean" -> "true or false";
            case "Duration" -> "time";
            case "MemorySize" -> "size";
            case "URI" -> "URL";
            case "Path" -> "file";
            case "List<String>" -> "list";
            default -> "text";
        };
    }

    private static String text(String comment) {
        return NAMED_VARIABLE
                .matcher(comment)
                .replaceAll(named -> named.group(2) == null
                        ? ""
                        : " "
                                + Matcher.quoteReplacement(
                                        named.group(2).substring(1).strip()) + ".")
                .replaceAll("\\{@code ([^}]*)}", "`$1`")
                .replaceAll("\\{@link [\\w.]*#?(\\w+)}", "`$1`")
                .replaceAll("\\s+", " ")
                .replace("|", "\\|")
                .strip();
    }

    private static Optional<AnnotationTree> find(ModifiersTree modifiers, String name) {
        return modifiers.getAnnotations().stream()
                .map(AnnotationTree.class::cast)
                .filter(annotation -> annotation.getAnnotationType().toString().equals(name))
                .findFirst();
    }

    private static String value(AnnotationTree annotation, String name) {
        for (ExpressionTree argument : annotation.getArguments()) {
            ExpressionTree value = argument instanceof AssignmentTree assignment
                            && assignment.getVariable().toString().equals(name)
                    ? assignment.getExpression()
                    : argument;
            if (value instanceof LiteralTree literal) {
                return literal.getValue().toString();
            }
        }
        throw new IllegalStateException(annotation + " has no " + name);
    }

    private static String kebab(String name) {
        return name.replaceAll("([a-z0-9])([A-Z])", "$1-$2").toLowerCase(Locale.ROOT);
    }
}
