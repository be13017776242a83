import { execa } from 'execa';
import { type Field, PacketReader, packet, STATUS, TYPE } from './sftp-packets.ts';
import { missingProgram, SSH_ENVIRONMENT, type SshOptions, sshArguments, sshFault } from './ssh.ts';

/** The far side said no. `status` is a code of SFTP. */
export class SftpRefusal extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`SFTP status ${status}`);
    this.name = 'SftpRefusal';
    this.status = status;
  }
}

/** An answer: its type, and its fields after the request's number. */
export interface SftpAnswer {
  readonly type: number;
  readonly fields: PacketReader;
}

interface Waiting {
  resolve(answer: SftpAnswer): void;
  reject(thrown: unknown): void;
}

/** No answer of ours is longer. */
const MOST_BYTES = 1024 * 1024;

function start(options: SshOptions, signal: AbortSignal) {
  return execa('ssh', [...sshArguments(options), '-s', '--', options.host, 'sftp'], {
    ...{ stdin: 'pipe', stdout: 'pipe', stderr: 'pipe', encoding: 'buffer', reject: false },
    buffer: { stdout: false, stderr: true },
    maxBuffer: { stderr: 65_536 },
    ...{ env: SSH_ENVIRONMENT, cancelSignal: signal, forceKillAfterDelay: 1000 },
  });
}

/**
 * SFTP version 3 over the host's own `ssh`: the program makes the connection and checks keys, the packets are ours, because
 * the `sftp` program can neither read into a stream nor say what went wrong. Requests may be sent before earlier ones are
 * answered. Ends at dispose, and rejects all that waits when the connection breaks.
 */
export class SftpConnection implements AsyncDisposable {
  readonly #ssh: ReturnType<typeof start>;
  readonly #waiting = new Map<number, Waiting>();
  readonly #extensions = new Set<string>();
  #next = 1;
  #ended: Error | undefined;
  #unread: Buffer[] = [];
  #unreadBytes = 0;

  private constructor(options: SshOptions, signal: AbortSignal) {
    this.#ssh = start(options, signal);
    this.#ssh.stdin.on('error', () => {});
    this.#ssh.stdout.on('error', () => {});
    this.#ssh.stdout.on('data', (chunk: Buffer) => this.#onData(chunk));
    void this.#ssh.then((result) => {
      const stderr = Buffer.from((result.stderr as Uint8Array | undefined) ?? []).toString('utf8');
      this.#end(result.code === 'ENOENT' ? missingProgram(options.name, 'ssh') : sshFault(options.name, stderr));
    });
  }

  /** Throws AppError when the far side cannot be reached, is another one, or does not let us in. */
  static async open(options: SshOptions, signal: AbortSignal): Promise<SftpConnection> {
    const connection = new SftpConnection(options, signal);
    // The answer to the greeting has a version where others have the request's number.
    const greeted = connection.#answerTo(VERSION_3);
    connection.#ssh.stdin.write(packet(TYPE.init, [VERSION_3]));
    try {
      const { fields } = await greeted;
      while (fields.more()) {
        connection.#extensions.add(fields.bytes().toString());
        fields.bytes();
      }
      connection.#next = VERSION_3 + 1;
      return connection;
    } catch (thrown) {
      await connection[Symbol.asyncDispose]();
      throw thrown;
    }
  }

  /** Whether the far side knows an extension such as `fsync@openssh.com`. */
  knows(extension: string): boolean {
    return this.#extensions.has(extension);
  }

  /** Throws SftpRefusal when the answer is a status that is not ok. */
  async request(type: number, fields: readonly Field[]): Promise<SftpAnswer> {
    const id = this.#next++;
    const answered = this.#answerTo(id);
    this.#ssh.stdin.write(packet(type, [id, ...fields]));
    const answer = await answered;
    if (answer.type !== TYPE.status) return answer;
    const status = answer.fields.uint32();
    if (status !== STATUS.ok) throw new SftpRefusal(status);
    return answer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ssh.stdin.end();
    this.#ssh.kill();
    await this.#ssh;
  }

  #answerTo(id: number): Promise<SftpAnswer> {
    if (this.#ended) return Promise.reject(this.#ended);
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }

  #onData(chunk: Buffer): void {
    this.#unread.push(chunk);
    this.#unreadBytes += chunk.length;
    while (this.#unreadBytes >= 4) {
      if (this.#unread[0]!.length < 4) this.#unread = [Buffer.concat(this.#unread)];
      const length = this.#unread[0]!.readUInt32BE();
      if (length < 5 || length > MOST_BYTES) {
        this.#ssh.kill();
        return;
      }
      if (this.#unreadBytes < 4 + length) return;
      const all = Buffer.concat(this.#unread);
      this.#unread = [all.subarray(4 + length)];
      this.#unreadBytes -= 4 + length;
      this.#onPacket(all.subarray(4, 4 + length));
    }
  }

  #onPacket(content: Buffer): void {
    const id = content.readUInt32BE(1);
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    waiting?.resolve({ type: content[0]!, fields: new PacketReader(content.subarray(5)) });
  }

  #end(fault: Error): void {
    this.#ended = fault;
    for (const { reject } of this.#waiting.values()) reject(fault);
    this.#waiting.clear();
  }
}

const VERSION_3 = 3;
