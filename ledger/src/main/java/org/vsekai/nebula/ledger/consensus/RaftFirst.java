package org.vsekai.nebula.ledger.consensus;

import org.jgroups.Message;
import org.jgroups.util.MessageBatch;
import org.jgroups.util.SubmitToThreadPool;

/**
 * Hands the consensus' own messages up on the thread that read them from the connection: {@link StrictRaft} only decodes them and
 * puts them into its queue, and a change of threads in each direction is a good part of a write's time. All others go to the
 * pool, since their protocols may wait.
 */
final class RaftFirst extends SubmitToThreadPool {
    @Override
    public boolean process(Message message, boolean oob) {
        if (message.getHeader(StrictRaft.PROTOCOL_ID) == null) {
            return super.process(message, oob);
        }
        tp.passMessageUp(message, true, message.getDest() == null, true);
        return true;
    }

    @Override
    public boolean process(MessageBatch batch, boolean oob) {
        for (Message message : batch) {
            if (message.getHeader(StrictRaft.PROTOCOL_ID) == null) {
                return super.process(batch, oob);
            }
        }
        new BatchHandler(batch, false).run();
        return true;
    }
}
