package org.vsekai.nebula.ledger.consensus;

import org.jgroups.conf.ClassConfigurator;
import org.jgroups.protocols.TCP;

/** {@link TCP} with {@link RaftFirst}, which JGroups otherwise makes from a class name. */
final class MemberTransport extends TCP {
    MemberTransport() {
        setId(ClassConfigurator.getProtocolId(TCP.class));
        msg_processing_policy = new RaftFirst();
    }
}
