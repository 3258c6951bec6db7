/**
 * Whether a CDN works and how fast: fetches the chunk of zero bytes that every store holds and checks it.
 *
 * <p>In: a CDN's base URI. Out: an outcome, and figures that outcomes add up to. A CDN's answer is untrusted: it is
 * bounded in bytes and in time, redirects are not followed, and the connection goes to a checked address.
 */
@NullMarked
package org.vsekai.nebula.cdn.probe;

import org.jspecify.annotations.NullMarked;
