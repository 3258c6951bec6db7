/**
 * What the collector is about to delete. It is written down in the transaction that finds it unprotected and struck out
 * when it is gone from the store; between the two it counts as gone, and whoever stores it again waits.
 */
@NullMarked
package org.vsekai.nebula.assets.condemned;

import org.jspecify.annotations.NullMarked;
