package org.vsekai.nebula.stack;

import java.util.ArrayList;
import java.util.List;

/**
 * A process of a service.
 *
 * @param replica which of {@code replicas}, from 0
 * @param replicas of the service in this stack
 */
record Instance(Service service, int replica, int replicas) {
    Instance {
        if (replica < 0 || replica >= replicas) {
            throw new IllegalArgumentException("replica " + replica + " of " + replicas);
        }
    }

    /** The service's name, with the replica's number if there are several. */
    String title() {
        return replicas == 1 ? service.title() : service.title() + "-" + replica;
    }

    /** Every process of a stack, in the order of its ports. */
    static List<Instance> all(int replicas) {
        List<Instance> all = new ArrayList<>();
        for (Service service : Service.values()) {
            all.addAll(of(service, replicas));
        }
        return all;
    }

    static List<Instance> of(Service service, int replicas) {
        int number = service.isReplicated() ? replicas : 1;
        List<Instance> all = new ArrayList<>();
        for (int replica = 0; replica < number; replica++) {
            all.add(new Instance(service, replica, number));
        }
        return all;
    }
}
