package org.vsekai.nebula.zones;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How a zone's sessions are written down, numbers with the least significant byte first: a byte {@value PageFormat#VERSION}; 4 bytes, the
 * largest number that was given; 4 bytes, how many sessions there are; and for each 4 bytes of number, a byte for the role, 16 bytes of token.
 */
final class SessionsFormat {
    private static final int HEADER = 9;
    private static final int SESSION = 21;
    private static final Role[] ROLES = Role.values();

    private SessionsFormat() {}

    static void write(ZoneCapture into, int largest, List<Session> sessions) {
        byte[] to = into.room(HEADER + SESSION * sessions.size());
        int at = into.size();
        to[at] = PageFormat.VERSION;
        PageFormat.putInt(to, at + 1, largest);
        PageFormat.putInt(to, at + 5, sessions.size());
        at += HEADER;
        for (int i = 0; i < sessions.size(); i++) {
            Session session = sessions.get(i);
            PageFormat.putInt(to, at, session.number);
            to[at + 4] = (byte) session.role.ordinal();
            PageFormat.putLong(to, at + 5, session.token.high());
            PageFormat.putLong(to, at + 13, session.token.low());
            at += SESSION;
        }
        into.endSessions(at);
    }

    /**
     * @param into gets the sessions by number
     * @return the largest number that was given
     * @throws DamagedStateException and nothing was put there
     */
    static int read(byte[] bytes, int offset, int length, Map<Integer, Session> into) throws DamagedStateException {
        int count = length < HEADER ? -1 : PageFormat.getInt(bytes, offset + 5);
        if (count < 0 || bytes[offset] != PageFormat.VERSION || length != HEADER + (long) SESSION * count) {
            throw new DamagedStateException("sessions of " + length + " bytes");
        }
        int largest = PageFormat.getInt(bytes, offset + 1);
        Map<Integer, Session> found = new HashMap<>();
        int at = offset + HEADER;
        for (int i = 0; i < count; i++, at += SESSION) {
            int number = PageFormat.getInt(bytes, at);
            int role = bytes[at + 4];
            if (number < 1 || number > largest || role < 0 || role >= ROLES.length) {
                throw new DamagedStateException("a session numbered " + number + " of role " + role);
            }
            SessionToken token =
                    new SessionToken(PageFormat.getLong(bytes, at + 5), PageFormat.getLong(bytes, at + 13));
            if (found.put(number, new Session(number, ROLES[role], token)) != null) {
                throw new DamagedStateException("two sessions numbered " + number);
            }
        }
        into.putAll(found);
        return largest;
    }
}
