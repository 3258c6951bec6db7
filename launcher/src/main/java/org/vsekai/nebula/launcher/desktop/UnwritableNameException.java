package org.vsekai.nebula.launcher.desktop;

import java.io.IOException;

/** A path or name that a desktop's file format cannot hold without changing its meaning. */
public final class UnwritableNameException extends IOException {
    private static final long serialVersionUID = 1;

    UnwritableNameException(String text, String format) {
        super("'" + text + "' cannot be written into " + format);
    }
}
