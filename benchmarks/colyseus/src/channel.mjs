import { fork } from 'node:child_process';

/** Questions and answers between the driver and its processes, over Node's own pipe. */

/** In a child: answers each question with what the handler of its name returns, and ends when the driver is gone. */
export function answer(handlers) {
  process.on('disconnect', () => process.exit(1));
  process.on('message', async ({ id, name, argument }) => {
    try {
      process.send({ id, result: await handlers[name](argument) });
    } catch (error) {
      process.send({ id, error: error.stack ?? String(error) });
    }
  });
}

export class Child {
  #process;
  #name;
  #waiting = new Map();
  #lastId = 0;

  constructor(name, file, { execPath, execArgv = [] }) {
    this.#name = name;
    this.#process = fork(file, [], {
      execPath,
      execArgv,
      env: { ...process.env, NODE_ENV: 'production' },
      // Whatever a library prints goes to the driver's standard error: standard output is for the result alone.
      stdio: ['ignore', 2, 2, 'ipc'],
    });
    this.#process.on('message', ({ id, result, error }) => {
      const { resolve, reject } = this.#waiting.get(id);
      this.#waiting.delete(id);
      error === undefined ? resolve(result) : reject(new Error(`${name}: ${error}`));
    });
    this.#process.on('exit', (code, signal) => this.#refuseAll(`ended with ${signal ?? code}`));
    this.#process.on('error', (error) => this.#refuseAll(error.message));
  }

  ask(name, argument, withinMillis = 10_000) {
    return new Promise((resolve, reject) => {
      const id = ++this.#lastId;
      const timer = setTimeout(() => {
        this.#waiting.delete(id);
        reject(new Error(`${this.#name} did not answer ${name} within ${withinMillis} ms`));
      }, withinMillis);
      const settle = (settler) => (value) => {
        clearTimeout(timer);
        settler(value);
      };
      this.#waiting.set(id, { resolve: settle(resolve), reject: settle(reject) });
      this.#process.send({ id, name, argument }, (error) => error && this.#refuseAll(error.message));
    });
  }

  kill() {
    this.#process.kill('SIGKILL');
  }

  #refuseAll(reason) {
    for (const { reject } of this.#waiting.values()) {
      reject(new Error(`${this.#name}: ${reason}`));
    }
    this.#waiting.clear();
  }
}
