/** The index of a blob ({@code .caibx}) or archive ({@code .caidx}): its table of chunks, and the codec of its file. */
@NullMarked
package org.vsekai.nebula.casync.index;

import org.jspecify.annotations.NullMarked;
