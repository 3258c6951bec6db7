package org.vsekai.nebula.sync.ticket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.vsekai.nebula.zones.Role;

class TicketSignerTest {
    private static final String KEY = "0123456789abcdef0123456789abcdef";
    private static final String OTHER = "fedcba9876543210fedcba9876543210";
    private static final Ticket TICKET =
            new Ticket("city/0/0", Role.PLAYER, "ägidius", Instant.ofEpochMilli(1_700_000_000_123L));

    private final TicketSigner signer = new TicketSigner(List.of(KEY));

    @Test
    void aTicketSaysWhatWasSigned() {
        for (Role role : Role.values()) {
            Ticket ticket = new Ticket("city/0/0", role, "x", TICKET.expiresAt());
            assertThat(signer.findTicket(signer.sign(ticket))).contains(ticket);
        }
        assertThat(signer.findTicket(signer.sign(TICKET))).contains(TICKET);
    }

    @Test
    void aTicketThatWasChangedOrCutAnywhereIsNone() {
        byte[] signed = signer.sign(TICKET);
        for (int i = 0; i < signed.length; i++) {
            byte[] changed = signed.clone();
            changed[i] ^= 1;
            assertThat(signer.findTicket(changed)).as("byte %d", i).isEmpty();
            assertThat(signer.findTicket(Arrays.copyOf(signed, i)))
                    .as("%d bytes", i)
                    .isEmpty();
        }
        assertThat(signer.findTicket(Arrays.copyOf(signed, signed.length + 1))).isEmpty();
        assertThat(signer.findTicket(new byte[1 << 20])).isEmpty();
    }

    @Test
    void aKeyThatWasReplacedStillCountsAndAStrangersDoesNot() {
        byte[] signed = signer.sign(TICKET);
        assertThat(new TicketSigner(List.of(OTHER, KEY)).findTicket(signed)).contains(TICKET);
        assertThat(new TicketSigner(List.of(OTHER)).findTicket(signed)).isEmpty();
    }

    @Test
    void aShortKeyIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new TicketSigner(List.of("short")));
        assertThatIllegalArgumentException().isThrownBy(() -> new TicketSigner(List.of()));
    }
}
