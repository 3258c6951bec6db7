package org.vsekai.nebula.stack;

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
}
