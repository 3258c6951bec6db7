@NullUnmarked
package org.vsekai.nebula.assets.collect;

import org.jspecify.annotations.NullUnmarked;
