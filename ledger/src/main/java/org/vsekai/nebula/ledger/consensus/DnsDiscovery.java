package org.vsekai.nebula.ledger.consensus;

import org.jgroups.conf.ClassConfigurator;
import org.jgroups.protocols.dns.DNS_PING;

/** {@link DNS_PING} for one name; its field for that has no setter. */
final class DnsDiscovery extends DNS_PING {
    DnsDiscovery(String name) {
        dns_query = name;
        setId(ClassConfigurator.getProtocolId(DNS_PING.class));
    }
}
