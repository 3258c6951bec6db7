/** What of uploads is tested from inside their package. */
@NullMarked
package org.vsekai.nebula.assets.upload;

import org.jspecify.annotations.NullMarked;
