/**
 * Which URIs may be registered and which network addresses may be connected to.
 *
 * <p>In: text from operators and what host names resolve to at this moment. Out: a normal form, a checked address, or a
 * refusal with its reason. The rules are plain Java.
 */
@NullMarked
package org.vsekai.nebula.cdn.address;

import org.jspecify.annotations.NullMarked;
