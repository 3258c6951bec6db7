/** What the tests of every service use: a real migrated database and tokens. */
@NullMarked
package org.vsekai.nebula.kit.testing;

import org.jspecify.annotations.NullMarked;
