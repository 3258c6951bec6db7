package org.vsekai.nebula.casync.archive;

import java.util.Arrays;

/** An extended attribute of a file: a name with its namespace ({@code user.comment}) and bytes. Immutable. */
public final class ExtendedAttribute {
    private final String name;
    private final byte[] value;

    public ExtendedAttribute(String name, byte[] value) {
        this.name = name;
        this.value = value.clone();
    }

    public String name() {
        return name;
    }

    public byte[] value() {
        return value.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ExtendedAttribute that && name.equals(that.name) && Arrays.equals(value, that.value);
    }

    @Override
    public int hashCode() {
        return 31 * name.hashCode() + Arrays.hashCode(value);
    }

    @Override
    public String toString() {
        return name + "[" + value.length + " bytes]";
    }
}
