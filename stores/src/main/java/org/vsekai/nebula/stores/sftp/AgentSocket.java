package org.vsekai.nebula.stores.sftp;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import org.apache.sshd.agent.SshAgent;
import org.apache.sshd.agent.SshAgentFactory;
import org.apache.sshd.agent.SshAgentServer;
import org.apache.sshd.agent.common.AbstractAgentProxy;
import org.apache.sshd.common.FactoryManager;
import org.apache.sshd.common.channel.ChannelFactory;
import org.apache.sshd.common.session.ConnectionService;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;

/**
 * A running SSH agent behind its socket (draft-ietf-sshm-ssh-agent, section 3). MINA's own client needs a native library; the
 * JDK's sockets do. Not for use by several threads at once other than by MINA, which asks one thing at a time.
 */
final class AgentSocket extends AbstractAgentProxy {
    /** OpenSSH's own bound, {@code AGENT_MAX_LEN} in {@code ssh-agent.c}. */
    private static final int MAX_MESSAGE = 256 << 10;

    private final SocketChannel channel;

    private AgentSocket(Path socket) throws IOException {
        super(null);
        channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(socket));
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    @Override
    public boolean isOpen() {
        return channel.isOpen();
    }

    @Override
    protected synchronized Buffer request(Buffer message) throws IOException {
        ByteBuffer request = ByteBuffer.wrap(message.array(), message.rpos(), message.available());
        while (request.hasRemaining()) {
            if (channel.write(request) < 0) {
                throw new EOFException("the SSH agent went away");
            }
        }
        DataInputStream in = new DataInputStream(Channels.newInputStream(channel));
        int length = in.readInt();
        if (length < 1 || length > MAX_MESSAGE) {
            throw new IOException("the SSH agent announces a message of " + length + " bytes");
        }
        byte[] answer = new byte[length];
        in.readFully(answer);
        return new ByteArrayBuffer(answer);
    }

    @Override
    public void close() throws IOException {
        channel.close();
        super.close();
    }

    /** Gives sessions the agent; it forwards none. */
    static SshAgentFactory factory(Path socket) {
        return new SshAgentFactory() {
            @Override
            public List<ChannelFactory> getChannelForwardingFactories(FactoryManager manager) {
                return List.of();
            }

            @Override
            public SshAgent createClient(Session session, FactoryManager manager) throws IOException {
                return new AgentSocket(socket);
            }

            @Override
            public SshAgentServer createServer(ConnectionService service) {
                throw new UnsupportedOperationException("no agent is forwarded");
            }
        };
    }
}
