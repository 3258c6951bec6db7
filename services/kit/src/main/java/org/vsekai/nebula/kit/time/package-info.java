/** The time of day, injected wherever code asks for it, so that a test can set it; and times in messages. */
@NullMarked
package org.vsekai.nebula.kit.time;

import org.jspecify.annotations.NullMarked;
