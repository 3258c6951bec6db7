/**
 * Ships a folder as a version: chunks it on all cores, asks which chunks the asset store lacks, sends those, then the index,
 * then asks the updater to create the version. Equal content gives an equal index, so a second run sends nothing, and a run
 * that was cut off is taken up by running it again.
 */
@NullMarked
package org.vsekai.nebula.launcher.publish;

import org.jspecify.annotations.NullMarked;
