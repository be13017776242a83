import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';

const requests = new AsyncLocalStorage<string>();

/** Does the work on one message under a fresh id, which every line of the log carries that it leads to. Random: it says nothing of the message. */
export function inRequest<T>(work: () => T): T {
  return requests.run(randomBytes(6).toString('hex'), work);
}

/** The id of the message that is worked on here; undefined outside of any. Asked by the log. */
export function currentRequest(): string | undefined {
  return requests.getStore();
}

/** For work that begins later, in somebody else's turn: it keeps the id under which it was handed in. */
export function carryRequest<T extends () => unknown>(work: T): T {
  return AsyncLocalStorage.bind(work) as T;
}
