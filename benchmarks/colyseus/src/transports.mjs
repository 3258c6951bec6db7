import { createServer } from 'node:http';

const LOOPBACK = '127.0.0.1';

/** Colyseus' transports for Node: each makes one that listens on the loopback alone, and tells on which port. */
export const TRANSPORTS = {
  async ws() {
    const { WebSocketTransport } = await import('@colyseus/ws-transport');
    const http = createServer();
    return { transport: new WebSocketTransport({ server: http }), host: LOOPBACK, port: () => http.address().port };
  },

  async uws() {
    const { uWebSocketsTransport } = await import('@colyseus/uwebsockets-transport');
    const { default: uWebSockets } = await import('uWebSockets.js');
    // The transport's own `listen` binds every address of the machine.
    class LoopbackTransport extends uWebSocketsTransport {
      listen(port, host, backlog, listening) {
        this.app.listen(host, port, (socket) => {
          this.listeningSocket = socket;
          listening?.(socket ? undefined : new Error(`cannot listen on ${host}:${port}`));
        });
        return this;
      }
    }
    const transport = new LoopbackTransport();
    return { transport, host: LOOPBACK, port: () => uWebSockets.us_socket_local_port(transport.listeningSocket) };
  },
};
