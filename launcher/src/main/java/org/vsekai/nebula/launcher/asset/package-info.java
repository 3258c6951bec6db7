/** Assets from the command line: files of any size under ids that stay, kept by the asset store. */
@NullMarked
package org.vsekai.nebula.launcher.asset;

import org.jspecify.annotations.NullMarked;
