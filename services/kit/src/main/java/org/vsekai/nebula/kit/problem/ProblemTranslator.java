package org.vsekai.nebula.kit.problem;

import java.util.Optional;

/** A bean by which a service says what the exceptions of its libraries mean to a caller. */
public interface ProblemTranslator {
    /** The problem that the failure stands for; empty if it is not one of this translator's. */
    Optional<ProblemException> translate(Throwable failure);
}
