package org.vsekai.nebula.stores;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.sshd.common.io.BuiltinIoServiceFactoryFactories;
import org.apache.sshd.common.util.security.SecurityProviderRegistrar;
import org.junit.jupiter.api.Test;

/** MINA brings no metadata for native images, so ours must name what it makes by name. */
class NativeMetadataTest {
    private static final Pattern TYPE = Pattern.compile("\"type\": \"([^\"]+)\"");
    private static final Pattern GLOB = Pattern.compile("\"glob\": \"([^\"]+)\"");

    private static Set<String> named(Pattern pattern) throws IOException {
        try (InputStream in = NativeMetadataTest.class.getResourceAsStream(
                "/META-INF/native-image/org.vsekai.nebula/nebula-stores/reachability-metadata.json")) {
            Set<String> found = new TreeSet<>();
            Matcher matcher = pattern.matcher(new String(in.readAllBytes(), StandardCharsets.UTF_8));
            while (matcher.find()) {
                found.add(matcher.group(1));
            }
            return found;
        }
    }

    @Test
    void namedClassesCanBeMade() throws Exception {
        for (String type : named(TYPE)) {
            assertThat(Class.forName(type).getDeclaredConstructor().newInstance())
                    .isNotNull();
        }
        for (String resource : named(GLOB)) {
            assertThat(NativeMetadataTest.class.getClassLoader().getResource(resource))
                    .as(resource)
                    .isNotNull();
        }
    }

    @Test
    void networkLayerAndProvidersOfAlgorithmsAreNamed() throws Exception {
        Set<String> types = named(TYPE);
        assertThat(types).contains(BuiltinIoServiceFactoryFactories.NIO2.getFactoryClassName());
        assertThat(types.stream().filter(type -> type.endsWith("Registrar")))
                .hasSize(3)
                .allSatisfy(type -> assertThat(Class.forName(type)).isAssignableTo(SecurityProviderRegistrar.class));
    }
}
