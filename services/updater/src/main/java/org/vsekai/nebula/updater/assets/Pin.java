package org.vsekai.nebula.updater.assets;

/** A pin in asset-store. @param owner as asset-store has it; not checked */
public record Pin(String owner, boolean confirmed) {}
