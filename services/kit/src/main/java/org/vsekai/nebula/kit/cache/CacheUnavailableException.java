package org.vsekai.nebula.kit.cache;

import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.kit.problem.ProblemException;
import org.vsekai.nebula.kit.problem.ProblemKind;

/** The shared cache did not answer in time, or is left alone because it has not lately. */
public final class CacheUnavailableException extends ProblemException {
    CacheUnavailableException(String reason, @Nullable Throwable cause) {
        super(
                ProblemKind.UNAVAILABLE,
                "CACHE_UNAVAILABLE",
                "The shared cache does not answer: " + reason + ". Try again later; operators: see nebula.cache.hosts.",
                cause);
    }
}
