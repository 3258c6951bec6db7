package org.vsekai.nebula.parts.infinispan;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.infinispan.configuration.global.GlobalConfiguration;
import org.infinispan.configuration.global.GlobalConfigurationBuilder;
import org.infinispan.configuration.global.UncleanShutdownAction;
import org.infinispan.globalstate.ConfigurationStorage;
import org.infinispan.manager.DefaultCacheManager;
import org.infinispan.remoting.transport.jgroups.JGroupsTransport;
import org.infinispan.server.core.admin.embeddedserver.EmbeddedServerAdminOperationHandler;
import org.infinispan.server.hotrod.HotRodServer;
import org.infinispan.server.hotrod.configuration.HotRodServerConfiguration;
import org.infinispan.server.hotrod.configuration.HotRodServerConfigurationBuilder;

/**
 * Runs a node until standard input ends. Arguments: the settings file, a folder for what the node notes down, and the file to
 * make once the node serves.
 */
final class Node {
    private Node() {}

    /** Serves until the owner's end of standard input is gone. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Settings settings = Settings.read(Path.of(arguments[0]));
        Path folder = Path.of(arguments[1]);
        Path ready = Path.of(arguments[2]);
        // The owner may die while the node is still joining its cluster.
        Thread.ofPlatform().daemon().name("owner").start(Node::endWithOwner);

        DefaultCacheManager caches = new DefaultCacheManager(container(settings, folder), true);
        HotRodServer server = new HotRodServer();
        server.start(endpoint(settings), caches);
        server.postStart();

        Path fresh = Files.createFile(ready.resolveSibling(ready.getFileName() + ".new"));
        Files.move(fresh, ready, StandardCopyOption.ATOMIC_MOVE);
        Thread.currentThread().join();
    }

    /** A clustered container even for one node, so that caches are of the same kind however many there are. */
    private static GlobalConfiguration container(Settings settings, Path folder) {
        GlobalConfigurationBuilder global = GlobalConfigurationBuilder.defaultClusteredBuilder();
        global.cacheContainer().statistics(false);
        global.jmx().disable();
        global.metrics().gauges(false).histograms(false);
        global.transport()
                .clusterName("nebula-cache")
                .nodeName(settings.name())
                .initialClusterSize(1)
                .addProperty(JGroupsTransport.CONFIGURATION_STRING, ClusterStack.of(settings));
        // What a client creates is known to every node, and to those that join later. Entries are never on disk.
        global.globalState()
                .enable()
                .persistentLocation(folder.toString())
                .sharedPersistentLocation(folder.toString())
                .temporaryLocation(folder.toString())
                .uncleanShutdownAction(UncleanShutdownAction.PURGE)
                .configurationStorage(ConfigurationStorage.OVERLAY);
        return global.build();
    }

    private static HotRodServerConfiguration endpoint(Settings settings) {
        HotRodServerConfigurationBuilder endpoint = new HotRodServerConfigurationBuilder();
        endpoint.host(settings.host()).port(settings.port());
        endpoint.adminOperationsHandler(new EmbeddedServerAdminOperationHandler());
        endpoint.authentication()
                .enable()
                .sasl()
                .serverName(PasswordAuthenticator.SERVER_NAME)
                .addMechanisms(PasswordAuthenticator.MECHANISM)
                .addQOP("auth")
                .authenticator(new PasswordAuthenticator(settings.user(), settings.password()));
        return endpoint.build();
    }

    private static void endWithOwner() {
        try {
            while (System.in.read() >= 0) {
                // Nothing is said here; the end is what counts.
            }
        } catch (IOException e) {
            // As good as the end.
        }
        // Entries are in memory only: there is nothing to save, and an orderly leave could wait for a dead cluster.
        Runtime.getRuntime().halt(0);
    }
}
