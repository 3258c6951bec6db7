package org.vsekai.nebula.sync.ledger;

import java.util.List;
import java.util.Map;
import org.vsekai.nebula.ledger.consensus.MemberStatus;

/**
 * How far another member is, as the leader knows, as JSON.
 *
 * @param lag entries that the leader has and the peer is not known to have
 */
record PeerView(String id, long matchIndex, long lag) {
    /** In the order of ids; empty on a follower. */
    static List<PeerView> of(MemberStatus status) {
        return status.matchIndices().entrySet().stream()
                .filter(peer -> !peer.getKey().equals(status.id()))
                .sorted(Map.Entry.comparingByKey())
                .map(peer ->
                        new PeerView(peer.getKey(), peer.getValue(), Math.max(0, status.lastIndex() - peer.getValue())))
                .toList();
    }
}
