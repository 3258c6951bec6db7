/**
 * One zone's entities and who sees what of them; no framework, no threads, no clock.
 *
 * <p>In: sessions' frames as bytes ({@code ClientFrame} of {@code vsekai.nebula.entities.v1}) and the passing of ticks. Out: frames as
 * bytes ({@code ServerFrame}) to each session's sink. The same calls in the same order give the same bytes.
 *
 * <p>Must never: wait, start a thread, read a clock, or keep an object for each entity or component. What it holds is bounded by
 * {@link org.vsekai.nebula.zones.ZoneSettings}; a step allocates nothing once its buffers have grown to what the zone needs.
 */
@NullMarked
package org.vsekai.nebula.zones;

import org.jspecify.annotations.NullMarked;
