package org.vsekai.nebula.zones;

import java.nio.charset.StandardCharsets;

/**
 * A named component that entities of a zone may have.
 *
 * @param number on the wire, 1 to {@value #MOST}
 * @param name 1 to 64 bytes of UTF-8
 * @param largest bytes of a value, 1 to {@value #LARGEST}
 * @param isPublic whether it goes into snapshots that everybody may read
 */
public record ComponentSchema(int number, String name, int largest, Persistence persistence, boolean isPublic) {
    public static final int MOST = 32;
    public static final int LARGEST = 4096;

    public ComponentSchema {
        Bounds.check("number", number, 1, MOST);
        Bounds.check("name's length", name.getBytes(StandardCharsets.UTF_8).length, 1, 64);
        Bounds.check("largest", largest, 1, LARGEST);
    }
}
