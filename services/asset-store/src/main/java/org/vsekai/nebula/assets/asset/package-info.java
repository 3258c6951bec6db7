/**
 * Assets: models, textures and scenes of any size under an id that stays, while their bytes may be replaced. The bytes lie
 * in the store as chunks and an index, so that versions of one model share what they have in common. In: whole files, or
 * an index whose chunks are here already. Out: their bytes, whole or in part, each chunk verified on its way.
 */
@NullMarked
package org.vsekai.nebula.assets.asset;

import org.jspecify.annotations.NullMarked;
