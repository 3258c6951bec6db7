package org.vsekai.nebula.kit.cache;

import org.jspecify.annotations.Nullable;

/** The shared cache holds something that is not what was put there. */
final class CorruptValueException extends RuntimeException {
    CorruptValueException(String reason, @Nullable Throwable cause) {
        super(reason, cause);
    }
}
