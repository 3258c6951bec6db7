package org.vsekai.nebula.updater.mode;

import org.vsekai.nebula.kit.problem.ProblemException;
import org.vsekai.nebula.kit.problem.ProblemKind;

/** Following {@code update_to} would never end. */
public final class ModeCycleException extends ProblemException {
    ModeCycleException(ModeName from, ModeName by) {
        super(
                ProblemKind.FAILED_PRECONDITION,
                "MODE_CYCLE",
                "Following update_to from mode " + from + " by way of " + by + " leads in a circle or takes more than "
                        + UpdateChain.MAX_STEPS
                        + " steps. Let one of the modes on the way send its players elsewhere.");
    }
}
