/**
 * The cache that all instances of a service share, an Infinispan cluster, and the memory of this process in front of it.
 *
 * <p>In: immutable values under immutable keys, as protobuf messages whose schema is locked by a test. Out: the value, from
 * memory, from the cluster, or from its source. The cluster is a help and never a need: a service starts without it, answers
 * from the source while it is away or slow, and says so in health and metrics. Nothing whose truth can change under its key
 * belongs here; above all not whether a chunk is present.
 *
 * <p>Beside copies there are entries that are nowhere else: those that may go at any time, and state that may not.
 */
@NullMarked
package org.vsekai.nebula.kit.cache;

import org.jspecify.annotations.NullMarked;
