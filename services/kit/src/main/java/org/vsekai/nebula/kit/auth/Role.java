package org.vsekai.nebula.kit.auth;

/** What a token may be used for. The constants are the names to put into {@code @RolesAllowed}. */
public enum Role {
    /** Publishes versions: chunks, indexes, modes. */
    PUBLISHER(Role.Names.PUBLISHER),
    /** Runs the installation: CDNs, statistics, operator reads. */
    OPERATOR(Role.Names.OPERATOR),
    /** Another service of the same installation. */
    SERVER(Role.Names.SERVER);

    private final String text;

    Role(String text) {
        this.text = text;
    }

    /** The role's name as a security identity carries it. */
    public String text() {
        return text;
    }

    /** Annotation values need compile-time constants, which enum constants are not. */
    public static final class Names {
        public static final String PUBLISHER = "publisher";
        public static final String OPERATOR = "operator";
        public static final String SERVER = "server";

        private Names() {}
    }
}
