/** Stores by the text that people and settings name them with. */
@NullMarked
package org.vsekai.nebula.stores.url;

import org.jspecify.annotations.NullMarked;
