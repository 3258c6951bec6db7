package org.vsekai.nebula.assets.upload;

import java.time.Instant;
import java.util.UUID;

/** An open upload: until it expires or is closed, what it asked about or sent is protected. */
record Upload(UUID id, Instant expiresAt) {}
