/**
 * Gets the content of an index's chunks from wherever it is near, and puts it together: as a stream in order, or as a file
 * filled from many threads. What is nearest is asked first; every chunk is checked by its id, whoever gave it.
 */
@NullMarked
package org.vsekai.nebula.launcher.assembly;

import org.jspecify.annotations.NullMarked;
