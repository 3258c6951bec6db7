/** Pins: an owner holds an index and every chunk that it names. */
@NullMarked
package org.vsekai.nebula.assets.pin;

import org.jspecify.annotations.NullMarked;
