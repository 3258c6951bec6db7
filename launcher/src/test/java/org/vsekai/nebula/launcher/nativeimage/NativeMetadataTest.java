package org.vsekai.nebula.launcher.nativeimage;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.vsekai.nebula.launcher.cli.Vsekai;
import picocli.CommandLine;

/** What a native executable must be told because no analysis finds it. */
class NativeMetadataTest {
    private static final String OURS = "META-INF/native-image/";

    @Test
    void everyCommandIsRegisteredForReflection() throws IOException {
        Set<String> registered = new HashSet<>();
        read(OURS + "picocli-generated/org.vsekai.nebula/nebula-launcher/reflect-config.json")
                .forEach(type -> registered.add(type.path("name").asText()));
        List<String> commands = new ArrayList<>();
        collect(Vsekai.commandLine(), commands);
        assertThat(commands).hasSizeGreaterThan(15);
        assertThat(registered).containsAll(commands);
    }

    private static void collect(CommandLine line, List<String> commands) {
        commands.add(line.getCommandSpec().userObject().getClass().getName());
        line.getMixins().values().forEach(mixin -> commands.add(mixin.getClass().getName()));
        line.getSubcommands().values().forEach(child -> collect(child, commands));
    }

    @Test
    void everyResourceIsRegistered() throws IOException {
        JsonNode resources = read(OURS + "org.vsekai.nebula/nebula-launcher/reachability-metadata.json")
                .path("resources");
        List<String> globs = new ArrayList<>();
        resources.forEach(resource -> globs.add(resource.path("glob").asText()));
        assertThat(globs).contains("org/vsekai/nebula/launcher/version.txt");
        for (String glob : globs) {
            assertThat(getClass().getClassLoader().getResource(glob)).as(glob).isNotNull();
        }
    }

    @Test
    void everyNativeCallIsRegisteredByItsShape() throws IOException {
        Set<String> registered = new HashSet<>();
        read(OURS + "org.vsekai.nebula/nebula-launcher/reachability-metadata.json")
                .path("foreign")
                .path("downcalls")
                .forEach(call -> {
                    List<String> types = new ArrayList<>();
                    call.path("parameterTypes").forEach(type -> types.add(type.asText()));
                    registered.add(call.path("returnType").asText()
                            + types
                            + call.path("options").path("firstVariadicArg").asInt(-1));
                    assertThat(call.path("options").path("captureCallState").asBoolean())
                            .isTrue();
                });
        Path source = Path.of("src/main/java/org/vsekai/nebula/launcher/files/NativeFiles.java");
        Matcher calls = Pattern.compile(
                        "handle\\(\\s*\"(\\w+)\",\\s*FunctionDescriptor\\.of\\(([^)]*)\\)(?:,\\s*Linker\\.Option\\.firstVariadicArg\\((\\d)\\))?")
                .matcher(Files.readString(source));
        int found = 0;
        while (calls.find()) {
            found++;
            List<String> types = new ArrayList<>();
            for (String layout : calls.group(2).split(",", -1)) {
                types.add(
                        switch (layout.strip()) {
                            case "ValueLayout.JAVA_INT" -> "jint";
                            case "ValueLayout.JAVA_LONG" -> "jlong";
                            case "ValueLayout.ADDRESS" -> "void*";
                            default -> throw new IllegalStateException(layout);
                        });
            }
            String shape = types.removeFirst() + types + (calls.group(3) == null ? "-1" : calls.group(3));
            assertThat(registered).as(calls.group(1)).contains(shape);
        }
        assertThat(found).isEqualTo(7);
    }

    @Test
    void theClassesThatZstdReachesFromNativeCodeAreRegistered() throws IOException {
        Set<String> registered = new HashSet<>();
        for (URL metadata : Collections.list(getClass()
                .getClassLoader()
                .getResources(OURS + "org.vsekai.nebula/nebula-casync/reachability-metadata.json"))) {
            try (InputStream in = metadata.openStream()) {
                new JsonMapper().readTree(in).path("reflection").forEach(type -> {
                    if (type.path("jniAccessible").asBoolean()) {
                        registered.add(type.path("type").asText());
                    }
                });
            }
        }
        assertThat(registered)
                .contains("com.github.luben.zstd.ZstdCompressCtx", "com.github.luben.zstd.ZstdDecompressCtx");
    }

    private JsonNode read(String name) throws IOException {
        try (InputStream in = getClass().getClassLoader().getResourceAsStream(name)) {
            assertThat(in).as(name).isNotNull();
            return new JsonMapper().readTree(in);
        }
    }
}
