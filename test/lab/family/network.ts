import { setTimeout as sleep } from 'node:timers/promises';

type Messages = Record<string, Record<string, unknown>>;

/** The HTTP of one family client: waits when the homeserver asks for patience, can be away, and can keep room keys from one person. */
export class FamilyNetwork {
  private readonly withheldFrom = new Set<string>();
  private isBack: Promise<void> = Promise.resolve();
  private readonly kept: { url: string; init: RequestInit; messages: Messages }[] = [];

  /** In place of fetch. */
  readonly fetch = async (input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> => {
    const url = String(input instanceof Request ? input.url : input);
    const request =
      this.withheldFrom.size > 0 && url.includes('/sendToDevice/m.room.encrypted/') ? this.split(url, init) : init;
    if (request === undefined) return Response.json({});
    await this.isBack;
    return patientFetch(url, request);
  };

  /** From now on nothing is asked of the homeserver, as by a phone in a tunnel, until the returned function is called. */
  leave(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.isBack = promise;
    return resolve;
  }

  /** From now on no room key (and no other encrypted to-device message) of this client reaches the devices of `userId`. */
  withhold(userId: string): void {
    this.withheldFrom.add(userId);
  }

  /** Ends the withholding and sends what was kept. Returns how many requests that were. */
  async deliver(userId: string): Promise<number> {
    this.withheldFrom.delete(userId);
    const due = this.kept.splice(0);
    for (const { url, init, messages } of due) {
      const response = await patientFetch(`${url}-late`, { ...init, body: JSON.stringify({ messages }) });
      if (!response.ok) throw new Error(`late room key refused: ${response.status} ${await response.text()}`);
    }
    return due.length;
  }

  /** The request without the withheld part; undefined when nothing else is in it. */
  private split(url: string, init: RequestInit): RequestInit | undefined {
    const { messages } = JSON.parse(String(init.body)) as { messages: Messages };
    const withheld = Object.fromEntries(Object.entries(messages).filter(([user]) => this.withheldFrom.has(user)));
    const others = Object.fromEntries(Object.entries(messages).filter(([user]) => !this.withheldFrom.has(user)));
    if (Object.keys(withheld).length > 0) this.kept.push({ url, init, messages: withheld });
    if (Object.keys(others).length === 0) return undefined;
    return { ...init, body: JSON.stringify({ messages: others }) };
  }
}

/** Repeats a request that was answered with 429 after the time the homeserver names, as Element does; at most 2 minutes long. */
async function patientFetch(url: string, init: RequestInit): Promise<Response> {
  const deadline = Date.now() + 120_000;
  for (;;) {
    const response = await fetch(url, init);
    if (response.status !== 429 || Date.now() > deadline) return response;
    const { retry_after_ms: waitMs = 1_000 } = (await response.json().catch(() => ({}))) as { retry_after_ms?: number };
    await sleep(waitMs);
  }
}
