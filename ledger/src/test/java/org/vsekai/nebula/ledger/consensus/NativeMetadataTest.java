package org.vsekai.nebula.ledger.consensus;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jgroups.JChannel;
import org.jgroups.annotations.Component;
import org.jgroups.stack.Protocol;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vsekai.nebula.ledger.log.LogOptions;
import org.vsekai.nebula.ledger.log.SegmentedLog;

/**
 * JGroups brings no metadata for native images. It makes headers, messages and protocols by the names in two maps, and looks at
 * the fields and methods of each protocol of a stack for its annotations; all of those must be named in ours.
 */
class NativeMetadataTest {
    private static final Pattern TYPE = Pattern.compile("\"type\": \"([^\"]+)\"");
    private static final Pattern GLOB = Pattern.compile("\"glob\": \"([^\"]+)\"");
    private static final Pattern MAPPED = Pattern.compile("<class\\s+([^>]*)/>");
    private static final Pattern NAME = Pattern.compile("name\\s*=\\s*\"([^\"]+)\"");

    @TempDir
    Path folder;

    @Test
    void everythingThatJGroupsReachesByReflectionIsNamed() throws Exception {
        Set<String> named =
                find(TYPE, text("META-INF/native-image/org.vsekai.nebula/nebula-ledger/reachability-metadata.json"));
        Set<String> needed = new TreeSet<>();
        for (String map : List.of("jg-magic-map.xml", "jg-protocol-ids.xml")) {
            for (String attributes : find(MAPPED, text(map))) {
                if (!attributes.contains("external=\"true\"")) {
                    needed.addAll(find(NAME, attributes));
                }
            }
        }
        Files.createDirectories(folder);
        try (SegmentedLog log =
                SegmentedLog.open(folder.resolve("log"), LogOptions.DEFAULT.withSegmentBytes(1 << 16))) {
            for (MemberConfig.Discovery discovery : List.of(
                    new MemberConfig.Discovery.Hosts(List.of()), new MemberConfig.Discovery.Dns("ledger.example"))) {
                StrictRaft raft = new StrictRaft(
                        log,
                        new Replication(null, log, ProposalLimits.DEFAULT, null, null, null, () -> {}, failure -> {}),
                        new StrictRaftOptions("a", List.of("a"), RaftTiming.DEFAULT, 1, 1, 1, 7, 1),
                        new java.util.Random(1));
                MemberConfig config = MemberConfig.of(
                                "a",
                                folder,
                                new InetSocketAddress(InetAddress.getLoopbackAddress(), 7_000),
                                List.of("a"),
                                discovery)
                        .withSecret("secret");
                try (JChannel channel = new JChannel(MemberStack.protocols(config, raft))) {
                    for (Protocol protocol : channel.getProtocolStack().getProtocols()) {
                        addWithComponents(protocol, needed);
                    }
                }
            }
        }
        needed.add(SharedSecret.class.getName());
        needed.add(StrictHeader.class.getName());
        assertThat(named).as("add what is missing, one object each").containsAll(needed);
    }

    private static void addWithComponents(Object part, Set<String> needed) throws IllegalAccessException {
        for (Class<?> type = part.getClass(); type != null && type != Object.class; type = type.getSuperclass()) {
            needed.add(type.getName());
            for (Field field : type.getDeclaredFields()) {
                if (field.isAnnotationPresent(Component.class) && !Modifier.isStatic(field.getModifiers())) {
                    field.setAccessible(true);
                    Object component = field.get(part);
                    if (component != null) {
                        addWithComponents(component, needed);
                    }
                }
            }
        }
    }

    @Test
    void whatIsNamedExists() throws Exception {
        String metadata = text("META-INF/native-image/org.vsekai.nebula/nebula-ledger/reachability-metadata.json");
        for (String type : find(TYPE, metadata)) {
            assertThat(Class.forName(type, false, getClass().getClassLoader())).isNotNull();
        }
        for (String resource : find(GLOB, metadata)) {
            assertThat(getClass().getClassLoader().getResource(resource))
                    .as(resource)
                    .isNotNull();
        }
    }

    private static String text(String resource) throws IOException {
        try (InputStream in = NativeMetadataTest.class.getClassLoader().getResourceAsStream(resource)) {
            assertThat(in).as(resource).isNotNull();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static Set<String> find(Pattern pattern, String text) {
        Set<String> found = new TreeSet<>();
        Matcher matcher = pattern.matcher(text);
        while (matcher.find()) {
            found.add(matcher.group(1));
        }
        return found;
    }
}
