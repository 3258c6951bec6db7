import { setImmediate as otherWork } from 'node:timers/promises';
import { Encoder, Reflection } from '@colyseus/schema';
import { answer } from './channel.mjs';
import { monotonicMillis } from './clock.mjs';
import { Histogram } from './histogram.mjs';
import { Recording } from './recording.mjs';
import { Session } from './session.mjs';
import { stateOf } from './state.mjs';
import { intendedMillis } from './workload.mjs';

// Newer Nodes have a WebSocket of their own, which the SDK would take. The ws package costs the machine less.
delete globalThis.WebSocket;
const { Client } = await import('@colyseus/sdk');

const JOINING_AT_ONCE = 10;
const SEND_EVERY_MILLIS = 1;

let settings;
let sessions;
let recording;
let startMillis;
let windowMillis;
let nextSend = 0;
const lateness = new Histogram();

/**
 * From the start on messages are only kept when they are read, and decoded when all is over: the SDK's decoder takes more than the server
 * does, by far, and would take it from the server where both share processors.
 */
function receive(session, data, readMillis) {
  if (startMillis === undefined) {
    session.decode(data);
  } else {
    recording.add(session.place, data, readMillis);
  }
}

/** Sends whatever is due. A late send counts from when it was due, so what keeps this thread busy shows in the latencies. */
function sendDue() {
  for (;;) {
    const session = sessions[nextSend % sessions.length];
    const number = Math.trunc(nextSend / sessions.length);
    const due = intendedMillis(settings, startMillis, session.index, number);
    const now = monotonicMillis();
    if (due > now || due >= windowMillis[1]) {
      return;
    }
    if (due >= windowMillis[0]) {
      lateness.add(now - due);
    }
    session.send(number);
    nextSend++;
  }
}

async function joinAll(client, roomId) {
  // The class that the SDK would make of the server's description, but one for all sessions. It decodes twice as fast as the server's own,
  // whose setters keep track of changes.
  const State = Reflection.decode(Reflection.encode(new Encoder(new (stateOf(settings.scenario))()))).state.constructor;
  const waiting = [...sessions];
  await Promise.all(Array.from({ length: JOINING_AT_ONCE }, async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      await next.join(client, roomId, State, receive);
    }
  }));
}

function cpuMicros() {
  const { user, system } = process.cpuUsage();
  return user + system;
}

async function decodeAll() {
  const counts = { delivered: 0, entered: 0, bytes: 0, messages: 0, latency: new Histogram() };
  const before = cpuMicros();
  for (const session of sessions) {
    for (const { data, readMillis } of recording.of(session.place)) {
      const measured = readMillis >= windowMillis[0] && readMillis < windowMillis[1];
      session.decode(data);
      session.look(readMillis, startMillis, measured ? counts : undefined);
      if (measured) {
        counts.bytes += data.byteLength;
        counts.messages++;
      }
    }
    // The server's pings have to be answered all the same, or it ends the sessions.
    await otherWork();
  }
  return { ...counts, latency: counts.latency.toMessage(), decodeCpuMicros: cpuMicros() - before };
}

answer({
  async join({ settings: given, port, roomId, worker }) {
    settings = given;
    sessions = [];
    for (let i = worker; i < settings.sessions; i += settings.clientProcesses) {
      sessions.push(Object.assign(new Session(settings, i), { index: i, place: sessions.length }));
    }
    recording = new Recording(sessions.length);
    await joinAll(new Client(`http://127.0.0.1:${port}`), roomId);
  },

  start({ atMillis, window }) {
    windowMillis = window;
    startMillis = atMillis;
    setInterval(sendDue, SEND_EVERY_MILLIS);
  },

  sample: () => ({ atMillis: monotonicMillis(), cpuMicros: cpuMicros() }),

  async finish() {
    const ended = sessions.filter(({ endedWith }) => endedWith !== undefined);
    if (ended.length > 0) {
      throw new Error(`the server ended ${ended.length} sessions, such as ${ended[0].index} with ${ended[0].endedWith}`);
    }
    const counts = await decodeAll();
    return {
      checksums: sessions.map((session) => [session.index, session.checksum()]),
      visible: sessions.reduce((sum, session) => sum + session.visible, 0),
      sends: nextSend,
      counts,
      lateness: lateness.toMessage(),
    };
  },
});
