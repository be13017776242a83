import { setTimeout as pause } from 'node:timers/promises';

/** How often and how patiently a server is asked before it counts as not answering. */
export interface ProbePlan {
  readonly tries: number;
  readonly pauseMs: number;
  readonly timeoutMs: number;
}

/** Three tries over the better part of a minute: a restart of a server is no alert. */
export const PATIENT_PROBE: ProbePlan = { tries: 3, pauseMs: 20_000, timeoutMs: 10_000 };

/** What is asked, and which status is an answer. */
export interface Probe {
  readonly url: string;
  readonly isFine: (status: number) => boolean;
}

/** Whether a server answers, after as many tries as the plan allows. Throws only when the signal aborts. */
export async function answers(probe: Probe, plan: ProbePlan, signal: AbortSignal): Promise<boolean> {
  for (let attempt = 1; ; attempt++) {
    if (await answersOnce(probe, plan.timeoutMs, signal)) return true;
    signal.throwIfAborted();
    if (attempt >= plan.tries) return false;
    await pause(plan.pauseMs, undefined, { signal });
  }
}

async function answersOnce({ url, isFine }: Probe, timeoutMs: number, signal: AbortSignal): Promise<boolean> {
  try {
    const limited = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    const response = await fetch(url, { signal: limited, redirect: 'manual' });
    await response.body?.cancel();
    return isFine(response.status);
  } catch {
    return false;
  }
}

/** `GET /_matrix/client/versions` (client-server API, "API standards") answers from memory: the homeserver is there. */
export function homeserverProbe(homeserver: string): Probe {
  return { url: `${homeserver}/_matrix/client/versions`, isFine: (status) => status === 200 };
}

/**
 * Looks up an alias that does not exist (`GET /directory/room/{alias}`, which needs no account): the homeserver has to ask its
 * database to say so. Anything but a fault of the server is an answer, also "not found" and "not so often". What is seen is
 * that reading works; that nothing can be written any more is seen by the bot's replies that wait.
 */
export function databaseProbe(homeserver: string, server: string): Probe {
  const alias = encodeURIComponent(`#kinkeeper-health-check:${server}`);
  return { url: `${homeserver}/_matrix/client/v3/directory/room/${alias}`, isFine: (status) => status < 500 };
}

/** The servers of models and of Qdrant: whoever answers at all, be it that a key is missing, is there. */
export function serverProbe(url: string): Probe {
  return { url, isFine: (status) => status < 500 };
}
