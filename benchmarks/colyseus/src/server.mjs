import { matchMaker, Server } from '@colyseus/core';
import { Encoder } from '@colyseus/schema';
import { answer } from './channel.mjs';
import { monotonicMillis } from './clock.mjs';
import { ReplicationRoom } from './room.mjs';
import { TRANSPORTS } from './transports.mjs';

// The views of all sessions follow each other in one buffer; at its default size it would be outgrown while the run starts.
Encoder.BUFFER_SIZE = 1024 * 1024;

let room;

answer({
  async start(settings) {
    const { transport, host, port } = await TRANSPORTS[settings.transport]();
    const server = new Server({ transport, greet: false });
    server.define('replication', ReplicationRoom);
    await server.listen(0, host);
    const { roomId } = await matchMaker.createRoom('replication', settings);
    room = matchMaker.getLocalRoomById(roomId);
    return { port: port(), roomId };
  },

  sample() {
    const { user, system } = process.cpuUsage();
    return {
      atMillis: monotonicMillis(),
      cpuMicros: user + system,
      updatesIn: room.updatesIn,
      patches: room.patches,
      residentBytes: process.memoryUsage.rss(),
      mostResidentBytes: process.resourceUsage().maxRSS * 1024,
    };
  },

  checksums: () => room.checksums(),
});
