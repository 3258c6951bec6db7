/**
 * Takes part in zones: the client of {@code vsekai.nebula.entities.v1.Entities}, for game servers and load generators.
 *
 * <p>In: a zone's address, tickets, and what its caller changes. Out: a {@link org.vsekai.nebula.client.entities.ZoneView} for each session,
 * which is what that session sees, and the events of it. {@link org.vsekai.nebula.client.entities.EntityClient} is where to begin;
 * a view alone does without gRPC, threads and clocks.
 *
 * <p>It trusts no server: every frame is bounded, and one that breaks the protocol is a
 * {@link org.vsekai.nebula.client.entities.MalformedFrameException} and never another failure. Every queue, wait and retry has a bound.
 */
@NullMarked
package org.vsekai.nebula.client.entities;

import org.jspecify.annotations.NullMarked;
