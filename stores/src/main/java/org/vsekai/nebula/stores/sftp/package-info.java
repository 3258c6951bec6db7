/** Objects as files below a folder of an SFTP server. */
@NullMarked
package org.vsekai.nebula.stores.sftp;

import org.jspecify.annotations.NullMarked;
