package org.vsekai.nebula.sync.zone;

import java.util.Locale;
import org.vsekai.nebula.zones.Session;

/**
 * A session as JSON. Made by the zone's thread.
 *
 * @param acknowledged tick of the newest frame that the client says it has worked through
 * @param strain how much less often than asked it is told since it reads slowly, as a power of two
 */
record SessionView(int number, String role, boolean away, int openCells, long acknowledged, int strain) {
    static SessionView of(Session session) {
        return new SessionView(
                session.number(),
                session.role().name().toLowerCase(Locale.ROOT),
                session.isAway(),
                session.openCells(),
                session.acknowledged(),
                session.strain());
    }
}
