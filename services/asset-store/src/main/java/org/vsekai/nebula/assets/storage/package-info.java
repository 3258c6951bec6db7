/** The folder behind the store URL: where files lie, how they are written so that they survive power loss, and how they are sent. */
@NullMarked
package org.vsekai.nebula.assets.storage;

import org.jspecify.annotations.NullMarked;
