package org.vsekai.nebula.casync.archive;

/**
 * What an extraction has made.
 *
 * @param others devices, FIFOs and sockets
 * @param bytes content of all files
 * @param written bytes of content that the extractor wrote; those that a listener supplied are not among them
 * @param suppliedFiles files that the listener supplied and that needed no writing
 */
public record ExtractReport(
        long files, long directories, long symlinks, long others, long bytes, long written, long suppliedFiles) {}
