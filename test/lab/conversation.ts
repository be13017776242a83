import { PATIENCE_MS } from '../patience.ts';

/** One room event as a client saw it, after decryption. Both family clients feed these into a Conversation. */
export interface SeenEvent {
  readonly roomId: string;
  readonly eventId: string;
  readonly sender: string;
  /** The type inside the encryption. */
  readonly type: string;
  readonly content: Record<string, unknown>;
  /** Whether it travelled as m.room.encrypted. */
  readonly encrypted: boolean;
  /** origin_server_ts, milliseconds. */
  readonly at: number;
  /** For m.room.redaction: the event that goes. */
  readonly redacts?: string;
  /** Set while no key fits; the event comes again without it once the key arrived. */
  readonly undecryptable?: string;
}

/** A message as a person sees it on the screen. */
export interface VisibleMessage {
  readonly roomId: string;
  readonly eventId: string;
  readonly sender: string;
  /** The newest edit's text; the original text before any edit; '' when redacted or not decryptable. */
  readonly text: string;
  readonly msgtype: string;
  /** Whether the original event travelled encrypted. */
  readonly encrypted: boolean;
  readonly at: number;
  /** Content of the original event: file, relation, mentions. */
  readonly content: Record<string, unknown>;
  /** In order of arrival. */
  readonly edits: readonly MessageEdit[];
  readonly redacted: boolean;
  readonly undecryptable?: string;
}

/** One m.replace event of the author's. */
export interface MessageEdit {
  readonly eventId: string;
  readonly text: string;
  readonly encrypted: boolean;
  /** The edit's m.new_content. */
  readonly content: Record<string, unknown>;
}

/** What `next` waits for. */
export interface MessageWish {
  /** Default: anyone but the client's own user. */
  readonly from?: string;
  /** Default: any text. */
  readonly matching?: RegExp | ((message: VisibleMessage) => boolean);
  /** Default 30 s. */
  readonly timeoutMs?: number;
}

type Mutable = { -readonly [Key in keyof VisibleMessage]: VisibleMessage[Key] } & { edits: MessageEdit[] };

interface RoomLog {
  readonly messages: Map<string, Mutable>;
  /** Each state that a message has had on the screen, in order of arrival. */
  readonly changes: VisibleMessage[];
  readonly redacted: Set<string>;
  /** `next` continues here. */
  cursor: number;
}

/** What one client has seen in all its rooms, kept as a person would see it. */
export class Conversation {
  readonly me: string;
  private readonly rooms = new Map<string, RoomLog>();
  private readonly known = new Set<string>();
  private readonly watchers = new Set<() => void>();
  /** More to say in a timeout's message (the client's warnings). */
  private readonly complaints: () => string;

  constructor(me: string, complaints: () => string = () => '') {
    this.me = me;
    this.complaints = complaints;
  }

  /** Takes an event once; again when it has been decrypted meanwhile. */
  add(event: SeenEvent): void {
    const key = `${event.eventId} ${event.undecryptable === undefined}`;
    if (this.known.has(key)) return;
    this.known.add(key);
    const log = this.room(event.roomId);
    if (event.type === 'm.room.redaction' && event.redacts !== undefined) redact(log, event.redacts);
    else if (event.type === 'm.room.message' || event.undecryptable !== undefined) addMessage(log, event);
    for (const watcher of this.watchers) watcher();
  }

  /** The visible messages of a room in order of arrival; edits are folded into what they change. */
  messages(roomId: string): VisibleMessage[] {
    return [...this.room(roomId).messages.values()].map(snapshot);
  }

  /**
   * The next state of any message that fits: a new message, or one that was edited until it fitted. Continues after what the
   * previous call returned, so nothing that arrived between two calls is missed. Throws after the time with a list of what came.
   */
  async next(roomId: string, wish: MessageWish = {}): Promise<VisibleMessage> {
    const log = this.room(roomId);
    const from = log.cursor;
    let looked = from;
    const found = await this.until(wish.timeoutMs ?? PATIENCE_MS, () => {
      for (; looked < log.changes.length; looked += 1) {
        const change = log.changes[looked]!;
        if (!this.fits(change, wish)) continue;
        log.cursor = looked + 1;
        return change;
      }
      return undefined;
    });
    if (found !== undefined) return found;
    throw new Error(this.missed(log.changes.slice(from), wish));
  }

  /** Forgets what came until now: `next` starts with what comes from here on. */
  skip(roomId: string): void {
    const log = this.room(roomId);
    log.cursor = log.changes.length;
  }

  private fits(change: VisibleMessage, wish: MessageWish): boolean {
    if (change.undecryptable !== undefined || change.redacted) return false;
    if (wish.from === undefined ? change.sender === this.me : change.sender !== wish.from) return false;
    if (wish.matching instanceof RegExp) return wish.matching.test(change.text);
    return wish.matching === undefined || wish.matching(change);
  }

  /** Asks `look` at every new event until it finds something; undefined after the time. */
  private until<Found>(timeoutMs: number, look: () => Found | undefined): Promise<Found | undefined> {
    return new Promise((resolve) => {
      const end = (found: Found | undefined) => {
        clearTimeout(timer);
        this.watchers.delete(watcher);
        resolve(found);
      };
      const watcher = () => {
        const found = look();
        if (found !== undefined) end(found);
      };
      const timer = setTimeout(() => end(undefined), timeoutMs);
      this.watchers.add(watcher);
      watcher();
    });
  }

  private missed(changes: VisibleMessage[], wish: MessageWish): string {
    const wanted = `${this.me} waited ${wish.timeoutMs ?? PATIENCE_MS} ms for a message from ${wish.from ?? 'anyone'}`;
    const matching = wish.matching === undefined ? '' : ` matching ${String(wish.matching)}`;
    const seen = changes.slice(-15).map((change) => {
      const what = change.undecryptable ?? (change.redacted ? '(redacted)' : JSON.stringify(change.text.slice(0, 200)));
      return `  ${change.sender} ${change.msgtype}${change.encrypted ? '' : ' NOT ENCRYPTED'}: ${what}`;
    });
    return [
      `${wanted}${matching}. Seen meanwhile:`,
      ...(seen.length > 0 ? seen : ['  nothing']),
      this.complaints(),
    ].join('\n');
  }

  private room(roomId: string): RoomLog {
    const log = this.rooms.get(roomId) ?? { messages: new Map(), changes: [], redacted: new Set(), cursor: 0 };
    this.rooms.set(roomId, log);
    return log;
  }
}

function addMessage(log: RoomLog, event: SeenEvent): void {
  const edited = editedEvent(event);
  if (edited !== undefined) {
    applyEdit(log, event, edited);
    return;
  }
  const message: Mutable = {
    roomId: event.roomId,
    eventId: event.eventId,
    sender: event.sender,
    text: text(event.content.body),
    msgtype: text(event.content.msgtype),
    encrypted: event.encrypted,
    at: event.at,
    content: event.content,
    edits: [],
    redacted: false,
    ...(event.undecryptable === undefined ? {} : { undecryptable: event.undecryptable }),
  };
  // A Map keeps the place of a key that is set again: a late key does not move the message.
  log.messages.set(event.eventId, message);
  if (log.redacted.has(event.eventId)) redact(log, event.eventId);
  else log.changes.push(snapshot(message));
}

/** Only the author may edit: https://spec.matrix.org/v1.16/client-server-api/#validity-of-replacement-events */
function applyEdit(log: RoomLog, event: SeenEvent, editedId: string): void {
  const message = log.messages.get(editedId);
  if (message === undefined || message.sender !== event.sender || message.redacted) return;
  const content = (event.content['m.new_content'] ?? {}) as Record<string, unknown>;
  const edit = { eventId: event.eventId, text: text(content.body), encrypted: event.encrypted, content };
  message.edits.push(edit);
  message.text = edit.text;
  message.msgtype = text(content.msgtype) || message.msgtype;
  log.changes.push(snapshot(message));
}

function editedEvent(event: SeenEvent): string | undefined {
  const relation = event.content['m.relates_to'] as { rel_type?: string; event_id?: string } | undefined;
  return relation?.rel_type === 'm.replace' && event.undecryptable === undefined ? relation.event_id : undefined;
}

function redact(log: RoomLog, eventId: string): void {
  log.redacted.add(eventId);
  const message = log.messages.get(eventId);
  if (message === undefined) return;
  message.redacted = true;
  message.text = '';
  log.changes.push(snapshot(message));
}

function snapshot(message: Mutable): VisibleMessage {
  return { ...message, edits: [...message.edits] };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
