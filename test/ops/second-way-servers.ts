import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createHttp } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTls, TLSSocket } from 'node:tls';
import { listen } from '../listen.ts';

/** A mail that arrived. `isSecret`: over TLS. */
export interface ArrivedMail {
  readonly from: string;
  readonly to: string;
  readonly text: string;
  readonly isSecret: boolean;
  readonly auth: string | undefined;
}

export interface MailServer extends AsyncDisposable {
  readonly port: number;
  readonly mails: ArrivedMail[];
  /** When set, mails are refused with 451. */
  isRefusing: boolean;
  /** When set, nothing is said to whoever connects. */
  isMute: boolean;
  /** How many are connected now. */
  readonly connected: number;
}

interface MailServerOptions {
  /** `starttls` is offered, TLS from the first byte (`tls`), or neither. */
  readonly security: 'tls' | 'starttls' | 'none';
  readonly pair?: { readonly key: string; readonly cert: string };
  /** Base64 of what AUTH PLAIN has to say; missing: no login is offered. */
  readonly login?: string;
}

/** A small mail server for one test: takes mails as RFC 5321 says (EHLO, STARTTLS, AUTH PLAIN, MAIL, RCPT, DATA, QUIT). */
export async function startMailServer(options: MailServerOptions): Promise<MailServer> {
  const { security, pair } = options;
  const sockets = new Set<Socket>();
  const onConnection = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    if (found.isMute) return void socket.resume();
    converse(socket, { ...options, isSecret: security === 'tls', found });
    socket.write('220 mail.home.test ESMTP\r\n');
  };
  const server: Server = security === 'tls' ? createTls({ ...pair }, onConnection) : createServer(onConnection);
  const port = await listen(server);
  const found: MailServer = {
    port,
    mails: [],
    isRefusing: false,
    isMute: false,
    get connected() {
      return sockets.size;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return found;
}

function converse(socket: Socket, how: MailServerOptions & { isSecret: boolean; found: MailServer }): void {
  const { found, isSecret, security, pair, login } = how;
  let [buffer, from, to, auth] = ['', '', '', undefined as string | undefined];
  let isData = false;
  const say = (line: string) => socket.write(`${line}\r\n`);
  const onData = (chunk: Buffer) => {
    buffer += chunk.toString('utf8');
    for (;;) {
      const mark = isData ? '\r\n.\r\n' : '\r\n';
      const end = buffer.indexOf(mark);
      if (end < 0) return;
      const line = buffer.slice(0, end);
      buffer = buffer.slice(end + mark.length);
      if (isData) {
        isData = false;
        if (found.isRefusing) say('451 not now');
        else {
          found.mails.push({ from, to, text: line, isSecret, auth });
          say('250 taken');
        }
        continue;
      }
      const verb = line.slice(0, 4).toUpperCase();
      if (verb === 'EHLO' || verb === 'HELO') {
        const offers = ['mail.home.test'];
        if (security === 'starttls' && !isSecret) offers.push('STARTTLS');
        if (login !== undefined && (isSecret || security === 'none')) offers.push('AUTH PLAIN');
        for (const [index, offer] of offers.entries()) say(`250${index === offers.length - 1 ? ' ' : '-'}${offer}`);
      } else if (verb === 'STAR') {
        say('220 go ahead');
        socket.off('data', onData);
        const secured = new TLSSocket(socket, { isServer: true, ...pair });
        secured.on('error', () => {});
        converse(secured, { ...how, isSecret: true });
        return;
      } else if (verb === 'AUTH') {
        auth = line.split(' ')[2];
        say(auth === login ? '235 welcome' : '535 no');
      } else if (verb === 'MAIL') {
        from = /<(.*?)>/.exec(line)?.[1] ?? '';
        say(login !== undefined && auth !== login ? '530 log in' : '250 ok');
      } else if (verb === 'RCPT') {
        to = /<(.*?)>/.exec(line)?.[1] ?? '';
        say('250 ok');
      } else if (verb === 'DATA') {
        isData = true;
        say('354 go');
      } else say(verb === 'QUIT' ? '221 bye' : '250 ok');
    }
  };
  socket.on('data', onData);
}

/** A key and a self-made certificate for `localhost`, good for so many days. */
export function selfMade(days = 30): { readonly key: string; readonly cert: string } {
  const folder = mkdtempSync(join(tmpdir(), 'kin-cert-'));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  execFileSync('openssl', [...made, '-keyout', key, '-out', cert, '-days', String(days), ...subject], {
    stdio: 'ignore',
  });
  const pair = { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
  rmSync(folder, { recursive: true });
  return pair;
}

export interface HookServer extends AsyncDisposable {
  readonly url: string;
  readonly posts: {
    readonly body: unknown;
    readonly authorization: string | undefined;
    readonly type: string | undefined;
  }[];
  status: number;
}

/** Takes what a webhook posts. */
export async function startHookServer(): Promise<HookServer> {
  const server = createHttp(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (found.status === 200) {
      const { authorization, 'content-type': type } = request.headers;
      found.posts.push({ body: JSON.parse(Buffer.concat(chunks).toString('utf8')), authorization, type });
    }
    response.writeHead(found.status, found.status === 302 ? { location: '/elsewhere' } : {}).end();
  });
  const port = await listen(server);
  const found: HookServer = {
    url: `http://127.0.0.1:${port}/hook`,
    posts: [],
    status: 200,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return found;
}
