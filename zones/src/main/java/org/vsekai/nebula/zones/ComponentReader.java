package org.vsekai.nebula.zones;

/** Reads a {@code Component} of the contract: its number, and where its value lies. Not safe for threads. */
final class ComponentReader {
    /** Where the message is; to be set before {@link #read}. */
    final WireReader message = new WireReader();

    int number;
    int offset;
    int length;

    void read() throws InvalidFrameException {
        number = 0;
        offset = 0;
        length = 0;
        while (!message.atEnd()) {
            int tag = message.tag();
            switch (tag) {
                case 1 << 3 | WireReader.VARINT -> number = message.varint32();
                case 2 << 3 | WireReader.DELIMITED -> {
                    length = message.length();
                    offset = message.offset();
                    message.skip(length);
                }
                default -> message.skipField(tag);
            }
        }
    }
}
