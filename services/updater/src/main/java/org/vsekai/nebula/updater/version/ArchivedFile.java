package org.vsekai.nebula.updater.version;

/** A regular file of an archive that is being published. @param sha256 64 hex digits */
record ArchivedFile(String path, String sha256) {}
