package org.vsekai.nebula.parts.infinispan;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/**
 * What a node is told.
 *
 * @param name unique in the cluster
 * @param port of the Hot Rod endpoint
 * @param clusterPort where the other nodes reach this one
 * @param members every node of the cluster as {@code host[port],host[port]}
 */
record Settings(String name, String host, int port, int clusterPort, String members, String user, String password) {
    static Settings read(Path file) throws IOException {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        }
        return new Settings(
                get(properties, "name"),
                get(properties, "host"),
                Integer.parseInt(get(properties, "port")),
                Integer.parseInt(get(properties, "cluster-port")),
                get(properties, "members"),
                get(properties, "user"),
                get(properties, "password"));
    }

    private static String get(Properties properties, String key) {
        String value = properties.getProperty(key);
        if (value == null || value.isBlank()) {
            throw new IllegalArgumentException("the node's settings lack " + key);
        }
        return value;
    }
}
