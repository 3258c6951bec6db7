/** A running updater for tests: a real database, and an asset-store that can be told to fail at any step. */
package org.vsekai.nebula.updater.testing;
