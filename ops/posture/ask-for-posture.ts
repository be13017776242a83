import type { HostHelper } from '../host/host-helper.ts';

/** The helper asks some dozens of programs, each for 20 seconds at most; a machine that is not busy is done in two or three seconds. */
const PATIENCE_MS = 8 * 60_000;

/** Has the host helper look now. Says what it answered; never throws but for an abort: what it saw before may still count. */
export async function askForPosture(helper: HostHelper, signal: AbortSignal): Promise<string> {
  try {
    const answer = await helper.ask({ verb: 'posture' }, { signal, timeoutMs: PATIENCE_MS });
    return answer?.outcome === 'ok' ? 'ok' : (answer?.facts.reason ?? 'refused');
  } catch (thrown) {
    signal.throwIfAborted();
    return (thrown as { reason?: string }).reason ?? 'failed';
  }
}
