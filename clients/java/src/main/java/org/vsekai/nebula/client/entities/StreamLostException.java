package org.vsekai.nebula.client.entities;

import org.jspecify.annotations.Nullable;

/** The stream broke off, could not be opened or went silent. The session joins again while its patience lasts. */
public final class StreamLostException extends EntityClientException {
    StreamLostException(String message, @Nullable Throwable cause) {
        super("STREAM_LOST", message, cause);
    }
}
