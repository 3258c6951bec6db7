/** Uploads: for as long as one is open, the chunks that it asked about or sent are protected. */
@NullMarked
package org.vsekai.nebula.assets.upload;

import org.jspecify.annotations.NullMarked;
