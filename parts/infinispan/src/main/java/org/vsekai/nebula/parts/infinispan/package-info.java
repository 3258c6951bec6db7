/**
 * One Infinispan node as a program: a Hot Rod endpoint with password authentication, and a cluster with the other nodes that
 * were named to it. In: a settings file. Out: the cache, in memory only. It ends when its standard input does, so that no
 * node outlives the process that started it. Nothing of ours links this program; it runs beside, never inside, a service.
 */
@NullMarked
package org.vsekai.nebula.parts.infinispan;

import org.jspecify.annotations.NullMarked;
