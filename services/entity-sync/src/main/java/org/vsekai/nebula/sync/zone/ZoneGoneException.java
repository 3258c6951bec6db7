package org.vsekai.nebula.sync.zone;

import org.vsekai.nebula.kit.problem.ProblemException;
import org.vsekai.nebula.kit.problem.ProblemKind;
import org.vsekai.nebula.sync.world.ZoneName;

/** The zone is not here any more. */
public final class ZoneGoneException extends ProblemException {
    private static final long serialVersionUID = 1;

    ZoneGoneException(ZoneName zone) {
        super(ProblemKind.UNAVAILABLE, "ZONE_MOVED", "The zone " + zone + " is not on this node, or no more.");
    }
}
