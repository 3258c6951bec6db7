/** Pages of the documentation that must say what the code says. */
@NullMarked
package org.vsekai.nebula.system.reference;

import org.jspecify.annotations.NullMarked;
