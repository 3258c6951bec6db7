package org.vsekai.nebula.client.entities;

import org.jspecify.annotations.Nullable;

/**
 * Bytes from the server that are no frame of the protocol. A view that was given them holds whatever came before the fault, and is of use
 * again after the next {@code Welcome}. The session joins again while its patience lasts.
 */
public final class MalformedFrameException extends EntityClientException {
    MalformedFrameException(String reason) {
        this(reason, null);
    }

    MalformedFrameException(String reason, @Nullable Throwable cause) {
        super("MALFORMED_FRAME", "the server sent a malformed frame: " + reason, cause);
    }
}
