package org.vsekai.nebula.client.entities;

/** What a session has received and sent since it was opened, over all its streams. Bytes are those of frames, without gRPC's own. */
public record SessionStatistics(long framesReceived, long bytesReceived, long framesSent, long bytesSent, int joins) {}
