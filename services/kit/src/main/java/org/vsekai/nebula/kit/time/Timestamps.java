package org.vsekai.nebula.kit.time;

import com.google.protobuf.Timestamp;
import java.time.Instant;

/** Times in gRPC messages. */
public final class Timestamps {
    private Timestamps() {}

    public static Timestamp timestamp(Instant time) {
        return Timestamp.newBuilder()
                .setSeconds(time.getEpochSecond())
                .setNanos(time.getNano())
                .build();
    }
}
