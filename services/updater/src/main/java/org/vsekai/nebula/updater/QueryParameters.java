package org.vsekai.nebula.updater;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.kit.problem.ProblemException;

/** Query parameters, read strictly: JAX-RS by itself takes any text for false and answers 404 to a bad number. */
public final class QueryParameters {
    private QueryParameters() {}

    /** @throws ProblemException INVALID_PARAMETER unless the text is absent, {@code true} or {@code false} */
    public static Optional<Boolean> flag(String name, @Nullable String text) {
        return switch (text) {
            case null -> Optional.empty();
            case "true" -> Optional.of(true);
            case "false" -> Optional.of(false);
            default -> throw ProblemException.invalid("INVALID_PARAMETER", name + " must be true or false.");
        };
    }
}
