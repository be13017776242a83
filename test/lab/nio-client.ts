import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { PATIENCE_MS } from '../patience.ts';
import { Conversation, type MessageWish, type SeenEvent, type VisibleMessage } from './conversation.ts';
import type { FileToSend } from './family-client.ts';
import { labPython } from './python-child.ts';

/** How a nio device logs in. `crossSigned`: it makes the person's cross-signing keys, so it must be their first device. */
export interface NioLogin {
  readonly homeserver: string;
  readonly user: string;
  readonly password: string;
  readonly crossSigned: boolean;
}

interface Answer {
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: string;
  readonly event?: SeenEvent;
  readonly complaint?: string;
}

interface Waiting {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

/** A family member on matrix-nio (Python, vodozemac): the second Matrix stack of the tests, with the verbs of FamilyClient. */
export class NioClient {
  readonly userId: string;
  readonly deviceId: string;
  private readonly driver: NioDriver;
  private readonly conversation: Conversation;

  private constructor(driver: NioDriver, self: { userId: string; deviceId: string }) {
    this.driver = driver;
    this.userId = self.userId;
    this.deviceId = self.deviceId;
    this.conversation = new Conversation(self.userId, () => driver.complaints());
    driver.onEvent((event) => this.conversation.add(event));
  }

  /** Starts the Python program and logs a new device in. */
  static async login(login: NioLogin): Promise<NioClient> {
    const driver = new NioDriver();
    try {
      return new NioClient(driver, (await driver.ask('login', login)) as { userId: string; deviceId: string });
    } catch (error) {
      await driver.stop();
      throw error;
    }
  }

  /** Opens an encrypted direct chat; the other side is invited, not yet joined. */
  async openChatWith(userId: string): Promise<string> {
    return (await this.driver.ask('openChat', { user: userId })) as string;
  }

  /** Waits for an invitation and returns the room's id. */
  async nextInvite(timeoutMs = PATIENCE_MS): Promise<string> {
    let rooms: string[] = [];
    const invited = async () => {
      rooms = (await this.driver.ask('invites', {})) as string[];
      return rooms.length > 0;
    };
    await this.until('an invitation', invited, timeoutMs);
    return rooms[0]!;
  }

  async join(roomId: string): Promise<void> {
    await this.driver.ask('join', { roomId });
  }

  /** Waits until `userId` has joined the room, as this client sees it. */
  async awaitJoin(roomId: string, userId: string, timeoutMs = PATIENCE_MS): Promise<void> {
    const joined = async () => ((await this.driver.ask('members', { roomId })) as string[]).includes(userId);
    await this.until(`${userId} to join ${roomId}`, joined, timeoutMs);
  }

  /** Returns the event id. Refuses a room that is not encrypted. */
  async say(roomId: string, text: string): Promise<string> {
    return (await this.driver.ask('send', { roomId, content: { msgtype: 'm.text', body: text } })) as string;
  }

  /** Encrypts and attaches a file. Returns the event id. */
  async sendFile(roomId: string, file: FileToSend): Promise<string> {
    const data = Buffer.from(file.bytes).toString('base64');
    const { name, mime, caption = null } = file;
    return (await this.driver.ask('sendFile', { roomId, name, mime, data, caption })) as string;
  }

  /** The bytes of an encrypted attachment, hash checked and decrypted by nio. */
  async download(message: Pick<VisibleMessage, 'content'>): Promise<Buffer> {
    return Buffer.from((await this.driver.ask('download', { file: message.content.file })) as string, 'base64');
  }

  /** See Conversation.next. */
  nextMessage(roomId: string, wish: MessageWish = {}): Promise<VisibleMessage> {
    return this.conversation.next(roomId, wish);
  }

  messages(roomId: string): VisibleMessage[] {
    return this.conversation.messages(roomId);
  }

  stop(): Promise<void> {
    return this.driver.stop();
  }

  private async until(what: string, check: () => Promise<boolean>, timeoutMs: number): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    while (!(await check())) {
      if (Date.now() > deadline)
        throw new Error(`${this.userId} waited ${timeoutMs} ms for ${what}\n${this.driver.complaints()}`);
      await sleep(50);
    }
  }
}

/** The JSON lines to and from the Python program. It ends when its standard input does. */
class NioDriver {
  private readonly child: ChildProcess;
  private readonly waiting = new Map<number, Waiting>();
  private readonly early: SeenEvent[] = [];
  private listener: ((event: SeenEvent) => void) | undefined;
  private said = '';
  private counter = 0;

  constructor() {
    const program = fileURLToPath(new URL('./nio/client.py', import.meta.url));
    this.child = spawn(labPython('nio'), [program], { stdio: ['pipe', 'pipe', 'pipe'] });
    createInterface({ input: this.child.stdout! }).on('line', (line) => this.take(JSON.parse(line) as Answer));
    this.child.stderr?.setEncoding('utf8').on('data', (chunk: string) => this.note(chunk));
    this.child.stdin?.on('error', () => undefined);
    this.child.on('exit', () => {
      for (const { reject } of this.waiting.values()) reject(new Error(`the nio client ended.\n${this.complaints()}`));
      this.waiting.clear();
    });
  }

  ask(verb: string, facts: object): Promise<unknown> {
    if (this.child.exitCode !== null) return Promise.reject(new Error(`the nio client ended.\n${this.complaints()}`));
    this.counter += 1;
    const id = this.counter;
    const answered = new Promise((resolve, reject) => this.waiting.set(id, { resolve, reject }));
    this.child.stdin?.write(`${JSON.stringify({ ...facts, id, verb })}\n`);
    return answered;
  }

  /** Events that came before the first listener are not lost. */
  onEvent(listener: (event: SeenEvent) => void): void {
    this.listener = listener;
    for (const event of this.early.splice(0)) listener(event);
  }

  complaints(): string {
    return this.said === '' ? '' : `The nio client said:\n${this.said}`;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGKILL');
    await ended;
  }

  private take(answer: Answer): void {
    if (answer.event !== undefined) {
      if (this.listener === undefined) this.early.push(answer.event);
      else this.listener(answer.event);
    }
    if (answer.complaint !== undefined) this.note(`${answer.complaint}\n`);
    if (answer.id === undefined) return;
    const waiting = this.waiting.get(answer.id);
    this.waiting.delete(answer.id);
    if (answer.error === undefined) waiting?.resolve(answer.result);
    else waiting?.reject(new Error(answer.error));
  }

  private note(text: string): void {
    this.said = (this.said + text).slice(-4_000);
  }
}
