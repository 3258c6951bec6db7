/** Assets that entities of zones name are held in asset-store for as long as they do. */
@NullMarked
package org.vsekai.nebula.sync.asset;

import org.jspecify.annotations.NullMarked;
