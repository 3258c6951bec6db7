package org.vsekai.nebula.zones;

/** Names a session to whoever has it; 128 random bits. */
public record SessionToken(long high, long low) {
    @Override
    public String toString() {
        return "SessionToken";
    }
}
