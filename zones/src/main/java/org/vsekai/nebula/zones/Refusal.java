package org.vsekai.nebula.zones;

/** Why a part of a frame was not done; numbers as in {@code Refused.Reason}. */
enum Refusal {
    NO_SUCH_ENTITY(1),
    NOT_OWNER(2),
    NO_SUCH_COMPONENT(3),
    TOO_LARGE(4),
    ZONE_FULL(5),
    ID_TAKEN(6),
    READ_ONLY(7),
    NO_SUCH_LEVEL(8);

    final int number;

    Refusal(int number) {
        this.number = number;
    }
}
