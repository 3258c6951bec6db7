package org.vsekai.nebula.updater.assets;

import java.util.List;

/** A part of the list of pins. @param next names the part that follows; empty on the last one */
public record PinPage(List<Pin> pins, String next) {
    public PinPage {
        pins = List.copyOf(pins);
    }
}
