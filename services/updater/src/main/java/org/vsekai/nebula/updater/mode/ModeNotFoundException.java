package org.vsekai.nebula.updater.mode;

import org.vsekai.nebula.kit.problem.ProblemException;
import org.vsekai.nebula.kit.problem.ProblemKind;

/** There is no mode of that name. */
public final class ModeNotFoundException extends ProblemException {
    private final ModeName name;

    public ModeNotFoundException(ModeName name) {
        super(ProblemKind.NOT_FOUND, "MODE_NOT_FOUND", "There is no mode " + name + ".");
        this.name = name;
    }

    public ModeName name() {
        return name;
    }
}
