package org.vsekai.nebula.sync.memory;

import org.vsekai.nebula.sync.world.ZoneName;

/** Where things are in the cache. */
final class PageKeys {
    private PageKeys() {}

    static String header(ZoneName zone) {
        return zone.toString();
    }

    static String page(ZoneName zone, long epoch, int number, int version) {
        return zone + "|" + epoch + "|" + number + "|" + version;
    }
}
