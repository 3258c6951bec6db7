/** Writing files so that they are whole or absent after a crash or a power cut. */
@NullMarked
package org.vsekai.nebula.casync.durable;

import org.jspecify.annotations.NullMarked;
