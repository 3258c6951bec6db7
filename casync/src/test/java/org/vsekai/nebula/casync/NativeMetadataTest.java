package org.vsekai.nebula.casync;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.luben.zstd.Zstd;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.vsekai.nebula.casync.store.ChunkCodec;

/** zstd-jni brings no metadata for native images, so ours must name all of it that our classes use. */
class NativeMetadataTest {
    private static final String METADATA =
            "/META-INF/native-image/org.vsekai.nebula/nebula-casync/reachability-metadata.json";
    private static final Pattern ZSTD_CLASS = Pattern.compile("com/github/luben/zstd/\\w+");

    private static final String SETTINGS =
            "/META-INF/native-image/org.vsekai.nebula/nebula-casync/native-image.properties";

    /** Where the launcher and the services run. */
    private static final List<String> PLATFORMS =
            List.of("linux/amd64/", "linux/aarch64/", "darwin/x86_64/", "darwin/aarch64/", "win/amd64/");

    private static JsonNode metadata() throws IOException {
        return new ObjectMapper().readTree(NativeMetadataTest.class.getResource(METADATA));
    }

    @Test
    void zstdLoadsItsLibraryInTheRunningProgram() throws IOException {
        Properties settings = new Properties();
        try (InputStream in = NativeMetadataTest.class.getResourceAsStream(SETTINGS)) {
            settings.load(in);
        }
        assertThat(settings.getProperty("Args")).isEqualTo("--initialize-at-run-time=" + Zstd.class.getPackageName());
    }

    private static Path codeOf(Class<?> type) throws URISyntaxException {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    }

    /** Classes of zstd-jni that our class files name and that have native methods. */
    private static Set<String> jniClassesInUse() throws Exception {
        Set<String> names = new TreeSet<>();
        try (Stream<Path> files = Files.walk(codeOf(ChunkCodec.class))) {
            for (Path file : (Iterable<Path>) files.filter(f -> f.toString().endsWith(".class"))::iterator) {
                Matcher matcher = ZSTD_CLASS.matcher(Files.readString(file, StandardCharsets.ISO_8859_1));
                while (matcher.find()) {
                    names.add(matcher.group().replace('/', '.'));
                }
            }
        }
        Set<String> jni = new TreeSet<>();
        for (String name : names) {
            Class<?> type = Class.forName(name);
            if (Arrays.stream(type.getDeclaredMethods())
                    .map(Method::getModifiers)
                    .anyMatch(Modifier::isNative)) {
                jni.add(name);
            }
        }
        return jni;
    }

    @Test
    void everyJniClassThatWeUseIsRegistered() throws Exception {
        Set<String> registered = new TreeSet<>();
        for (JsonNode type : metadata().get("reflection")) {
            if (type.path("jniAccessible").asBoolean()) {
                registered.add(type.get("type").asText());
            }
        }
        assertThat(jniClassesInUse())
                .contains("com.github.luben.zstd.ZstdCompressCtx", "com.github.luben.zstd.ZstdDecompressCtx")
                .isSubsetOf(registered);
    }

    @Test
    void everyRegisteredMemberExists() throws Exception {
        for (JsonNode type : metadata().get("reflection")) {
            Class<?> registered = Class.forName(type.get("type").asText());
            for (JsonNode field : type.path("fields")) {
                assertThat(registered.getDeclaredFields())
                        .extracting(Field::getName)
                        .contains(field.get("name").asText());
            }
            for (JsonNode method : type.path("methods")) {
                assertThat(method.get("name").asText()).isEqualTo("<init>");
                List<String> wanted = new ArrayList<>();
                method.get("parameterTypes").forEach(parameter -> wanted.add(parameter.asText()));
                assertThat(registered.getDeclaredConstructors())
                        .anySatisfy(constructor -> assertThat(constructor.getParameterTypes())
                                .extracting(Class::getName)
                                .isEqualTo(wanted));
            }
        }
    }

    @Test
    void theNativeLibraryOfEachPlatformIsAResourceOfTheImage() throws Exception {
        List<String> globs = new ArrayList<>();
        metadata()
                .get("resources")
                .forEach(resource -> globs.add(resource.get("glob").asText()));
        try (JarFile jar = new JarFile(codeOf(Zstd.class).toFile())) {
            for (String platform : PLATFORMS) {
                List<String> libraries = jar.stream()
                        .map(entry -> entry.getName())
                        .filter(name -> name.startsWith(platform + "lib"))
                        .toList();
                assertThat(libraries).as(platform).hasSize(1);
                assertThat(globs).anyMatch(glob -> FileSystems.getDefault()
                        .getPathMatcher("glob:" + glob)
                        .matches(Path.of(libraries.getFirst())));
            }
        }
    }
}
