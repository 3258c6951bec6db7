package org.vsekai.nebula.assets.asset;

import java.time.Instant;

/** A holder's need of an asset; while there is one, the asset stays. */
public record AssetReference(String holder, Instant insertedAt) {}
