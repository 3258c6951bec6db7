package org.vsekai.nebula.stack;

import java.util.ArrayList;
import java.util.List;

/**
 * Which processes a stack has.
 *
 * @param replicas of entity-sync, which hosts the ledger, and of the cache
 * @param instances of updater and cdn-registry, and of asset-store where several may share its store
 * @param sharedStore whether the store is none of this stack's folder, so that several processes may use it
 */
record Layout(int replicas, int instances, boolean sharedStore) {
    /** As many as there are ports for. */
    static final int MAX_INSTANCES = 2;

    /** One of each. */
    static final Layout SINGLE = new Layout(1, 1, false);

    /** Every process of a service. */
    List<Instance> all() {
        List<Instance> all = new ArrayList<>();
        for (Service service : Service.values()) {
            all.addAll(of(service));
        }
        return all;
    }

    List<Instance> of(Service service) {
        int number =
                switch (service) {
                    case ENTITY_SYNC -> replicas;
                    case UPDATER, CDN_REGISTRY -> instances;
                    case ASSET_STORE -> sharedStore ? instances : 1;
                };
        List<Instance> all = new ArrayList<>();
        for (int replica = 0; replica < number; replica++) {
            all.add(new Instance(service, replica, number));
        }
        return all;
    }
}
