import { callJson } from './call-json.ts';
import type { Session, Synapse } from './synapse.ts';

interface SyncAnswer {
  readonly next_batch: string;
  readonly rooms?: { join?: Record<string, { timeline?: { events: { event_id: string }[] } }> };
}

/**
 * The bare round trip of a homeserver, as a baseline for benches: one client sends an event of about the size of an encrypted
 * message, another gets it from its open sync and sends one back, which the first gets from its own. No encryption, no library.
 */
export class BareChat {
  private readonly homeserver: string;
  private readonly asker: Session;
  private readonly answerer: Session;
  private readonly roomId: string;
  private readonly since = new Map<Session, string>();
  private counter = 0;

  private constructor(chat: { homeserver: string; asker: Session; answerer: Session; roomId: string }) {
    this.homeserver = chat.homeserver;
    this.asker = chat.asker;
    this.answerer = chat.answerer;
    this.roomId = chat.roomId;
  }

  /** Makes two accounts and an encrypted room for them. */
  static async open(synapse: Synapse, names: [string, string] = ['bare-asker', 'bare-answerer']): Promise<BareChat> {
    for (const name of names) await synapse.register(name, name);
    const [asker, answerer] = [await synapse.login(names[0], names[0]), await synapse.login(names[1], names[1])];
    for (const { userId } of [asker, answerer]) await synapse.overrideRateLimit(userId);
    const encryption = { type: 'm.room.encryption', state_key: '', content: { algorithm: 'm.megolm.v1.aes-sha2' } };
    const body = {
      preset: 'trusted_private_chat',
      invite: [answerer.userId],
      is_direct: true,
      initial_state: [encryption],
    };
    const api = `${synapse.baseUrl}/_matrix/client/v3`;
    const room = { method: 'POST', accessToken: asker.accessToken, body };
    const { room_id: roomId } = await callJson<{ room_id: string }>(`${api}/createRoom`, room);
    await callJson(`${api}/join/${encodeURIComponent(roomId)}`, {
      method: 'POST',
      accessToken: answerer.accessToken,
      body: {},
    });
    const chat = new BareChat({ homeserver: synapse.baseUrl, asker, answerer, roomId });
    for (const session of [asker, answerer]) await chat.sync(session, 0);
    return chat;
  }

  /** One question and answer; milliseconds from the first send to the sight of the answer. */
  async roundTrip(): Promise<number> {
    const started = performance.now();
    const answering = this.answerOnce();
    await this.send(this.asker);
    const answer = await answering;
    await this.awaitEvent(this.asker, answer);
    return performance.now() - started;
  }

  private async answerOnce(): Promise<string> {
    await this.awaitEvent(this.answerer);
    return this.send(this.answerer);
  }

  private async send(session: Session): Promise<string> {
    this.counter += 1;
    const path = `/rooms/${encodeURIComponent(this.roomId)}/send/m.room.encrypted/bare-${this.counter}`;
    const content = {
      algorithm: 'm.megolm.v1.aes-sha2',
      ciphertext: 'x'.repeat(600),
      session_id: 'bare',
      device_id: session.deviceId,
    };
    const url = `${this.homeserver}/_matrix/client/v3${path}`;
    const call = { method: 'PUT', accessToken: session.accessToken, body: content };
    return (await callJson<{ event_id: string }>(url, call)).event_id;
  }

  /** Syncs until the given event (or any in the room, when none is named) has come. */
  private async awaitEvent(session: Session, eventId?: string): Promise<void> {
    for (;;) {
      const events = await this.sync(session, 30_000);
      if (eventId === undefined ? events.length > 0 : events.includes(eventId)) return;
    }
  }

  private async sync(session: Session, timeoutMs: number): Promise<string[]> {
    const since = this.since.get(session);
    const query =
      since === undefined ? `timeout=${timeoutMs}` : `timeout=${timeoutMs}&since=${encodeURIComponent(since)}`;
    const url = `${this.homeserver}/_matrix/client/v3/sync?${query}`;
    const answer = await callJson<SyncAnswer>(url, { accessToken: session.accessToken });
    this.since.set(session, answer.next_batch);
    return (answer.rooms?.join?.[this.roomId]?.timeline?.events ?? []).map((event) => event.event_id);
  }
}
