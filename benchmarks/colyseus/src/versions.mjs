import { existsSync, readFileSync } from 'node:fs';

const PACKAGES = [
  '@colyseus/core', '@colyseus/schema', '@colyseus/sdk', '@colyseus/ws-transport', 'ws', '@colyseus/uwebsockets-transport', 'uWebSockets.js',
];

/** The versions of Node and of those packages that are installed. */
export function versions() {
  const found = PACKAGES
    .map((name) => [name, new URL(`../node_modules/${name}/package.json`, import.meta.url)])
    .filter(([, file]) => existsSync(file))
    .map(([name, file]) => [name, JSON.parse(readFileSync(file, 'utf8')).version]);
  return { node: process.version, ...Object.fromEntries(found) };
}
