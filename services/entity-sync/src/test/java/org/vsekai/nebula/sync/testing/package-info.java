/** What the tests of a running entity-sync share. */
package org.vsekai.nebula.sync.testing;
