package org.vsekai.nebula.casync.archive;

/**
 * What an extraction has made.
 *
 * @param others devices, FIFOs and sockets
 * @param bytes content of all files
 * @param suppliedFiles files that the listener supplied and that were right
 */
public record ExtractReport(long files, long directories, long symlinks, long others, long bytes, long suppliedFiles) {}
