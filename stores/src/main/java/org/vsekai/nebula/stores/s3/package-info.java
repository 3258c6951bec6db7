/** Objects in buckets of S3 and of servers that are compatible with it. */
@NullMarked
package org.vsekai.nebula.stores.s3;

import org.jspecify.annotations.NullMarked;
