import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, request as plainRequest, type Server } from 'node:http';
import { connect as http2Connect } from 'node:http2';
import { request as tlsRequest } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type ConnectionOptions, connect as tlsConnect } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { fillTemplate } from '../../core/fill-template.ts';
import { freePort } from '../lab/python-child.ts';
import { listen } from '../listen.ts';
import { PATIENCE_MS } from '../patience.ts';

/** The templates as they are shipped. */
export const DEPLOY = fileURLToPath(new URL('../../config/deploy/', import.meta.url));
export const HOST = 'matrix.home.test';
/** As fail2ban finds it by itself. */
const TIME = /^\d{4}-\d\d-\d\dT[\d:]+[+-]\d\d:\d\d /;
const PASSWORD_OF_THE_PAGE = 'a password for the page';

/** Whether nginx and openssl are on this machine. */
export const hasNginx = ['nginx', 'openssl'].every((name) => spawnSync('which', [name]).status === 0);

/** What a service behind the door was asked. */
export interface Seen {
  readonly service: string;
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

/** One request from outside. `from`: the address of the visitor, one of loopback; each has limits of its own. */
export interface Visit {
  readonly method?: string;
  readonly port?: 'tls' | 'plain';
  readonly host?: string;
  readonly from?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/**
 * The shipped nginx.conf in a real nginx on loopback, with a certificate of the shipped tls.sh. Only ports, folders and names of services
 * are other ones. Behind it stand services that note what they are asked, and answer what `reply` says (200 by default).
 */
export class Door {
  readonly dir: string;
  readonly seen: Seen[] = [];
  reply: (seen: Seen) => { status: number; body?: string; headers?: Record<string, string> } = () => ({ status: 200 });
  readonly #servers: Server[] = [];
  #ports = { tls: 0, plain: 0 };
  #nginx: ChildProcess | undefined;

  private constructor() {
    this.dir = mkdtempSync(join(tmpdir(), 'kinkeeper-door-'));
  }

  static async open(): Promise<Door> {
    const door = new Door();
    for (const name of ['acme/.well-known/acme-challenge', 'cache', 'log', 'secrets', 'tls'])
      mkdirSync(join(door.dir, name), { recursive: true });
    execFileSync(join(DEPLOY, 'tls/tls.sh'), ['own-ca', join(door.dir, 'tls'), HOST, '127.0.0.1'], { stdio: 'ignore' });
    const hash = execFileSync('openssl', ['passwd', '-6', PASSWORD_OF_THE_PAGE], { encoding: 'utf8' });
    writeFileSync(join(door.dir, 'secrets/status-htpasswd'), `ada:${hash}`);
    await door.#write();
    await door.#start();
    return door;
  }

  /** Takes part of nobody's limits but the visitor's own. Rejects when the connection is refused or reset. */
  visit(path: string, { port = 'tls', host = HOST, from = '127.0.0.1', ...more }: Visit = {}): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const options = { host: '127.0.0.1', port: this.#ports[port], path, localAddress: from, agent: false };
      const sent = { ...options, method: more.method ?? 'GET', headers: { host, ...more.headers } };
      const ca = readFileSync(join(this.dir, 'tls/ca.pem'));
      const call = port === 'plain' ? plainRequest(sent) : tlsRequest({ ...sent, ca, servername: host });
      call.on('error', reject);
      call.on('response', (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('error', reject);
        response.on('end', () => {
          const body = Buffer.concat(parts).toString('utf8');
          resolve({ status: response.statusCode!, headers: response.headers, body });
        });
      });
      call.end(more.body);
    });
  }

  /** Sends bytes as they are over TLS, and resolves when the door has closed the connection. */
  async sendRaw(bytes: string, from = '127.0.1.21'): Promise<void> {
    const ca = readFileSync(join(this.dir, 'tls/ca.pem'));
    const socket = tlsConnect({ ...this.address(), ca, servername: HOST, localAddress: from } as ConnectionOptions);
    socket.on('error', () => {});
    socket.resume();
    socket.write(bytes);
    await once(socket, 'close');
  }

  /** Asks a hundred times in one breath, on one connection; what is answered to each. */
  async flood(path: string, from: string): Promise<number[]> {
    const ca = readFileSync(join(this.dir, 'tls/ca.pem'));
    const { host, port } = this.address();
    const options = { ca, servername: HOST, localAddress: from } as ConnectionOptions;
    const session = http2Connect(`https://${host}:${port}`, options);
    await once(session, 'connect');
    const asking = Array.from({ length: 100 }, async () => {
      const stream = session.request({ ':path': path, ':authority': HOST });
      const [headers] = (await once(stream, 'response')) as [{ ':status': number }];
      stream.resume();
      return headers[':status'];
    });
    const statuses = await Promise.all(asking);
    session.destroy();
    return statuses;
  }

  /** Where it listens for TLS. */
  address(): { host: string; port: number } {
    return { host: '127.0.0.1', port: this.#ports.tls };
  }

  /** What fail2ban reads of a visitor, without its time. */
  refused(from: string): string[] {
    const lines = readFileSync(join(this.dir, 'log/refused.log'), 'utf8').split('\n');
    return lines.filter((line) => line.includes(` ${from} `)).map((line) => line.replace(TIME, ''));
  }

  /** Everything that nginx wrote: its logs and its output. */
  written(): string {
    return readdirSync(join(this.dir, 'log'))
      .map((name) => readFileSync(join(this.dir, 'log', name), 'utf8'))
      .join('');
  }

  async close(): Promise<void> {
    if (this.#nginx && this.#nginx.exitCode === null) {
      this.#nginx.kill('SIGTERM');
      await once(this.#nginx, 'exit');
    }
    for (const server of this.#servers) {
      server.closeAllConnections();
      server.close();
    }
    rmSync(this.dir, { recursive: true, force: true });
  }

  async #write(): Promise<void> {
    const services = {
      'synapse:8008': 'synapse',
      'bot:8765': 'bot',
      'bot:9465': 'figures',
      'prometheus:9090': 'prometheus',
    };
    let conf = readFileSync(join(DEPLOY, 'nginx/nginx.conf'), 'utf8');
    conf = fillTemplate(conf, { publicHost: HOST, resolver: '127.0.0.1', uploadMebibytes: '50' });
    for (const [address, name] of Object.entries(services))
      conf = conf.replaceAll(`http://${address}`, `http://127.0.0.1:${await this.#service(name)}`);
    // Nobody listens there: the profile `element` is off.
    conf = conf.replaceAll('http://element:8088', `http://127.0.0.1:${await freePort()}`);
    this.#ports = { tls: await freePort(), plain: await freePort() };
    const ports = { 8443: this.#ports.tls, 8080: this.#ports.plain };
    for (const [shipped, port] of Object.entries(ports))
      conf = conf
        .replaceAll(`listen ${shipped}`, `listen 127.0.0.1:${port}`)
        .replaceAll(`[::]:${shipped}`, `[::1]:${port}`);
    conf = conf.replace('127.0.0.1:8081', `127.0.0.1:${await freePort()}`).replace('user nginx;', 'user root;');
    const folders = {
      '/etc/nginx/kinkeeper': 'nginx',
      '/run/tls': 'tls',
      '/run/secrets': 'secrets',
      '/srv/acme': 'acme',
    };
    const own = { ...folders, '/var/cache/nginx': 'cache', '/var/log/nginx': 'log', '/tmp/nginx.pid': 'nginx.pid' };
    for (const [shipped, name] of Object.entries(own)) conf = conf.replaceAll(shipped, join(this.dir, name));
    cpSync(join(DEPLOY, 'nginx'), join(this.dir, 'nginx'), { recursive: true });
    writeFileSync(
      join(this.dir, 'nginx/nginx.conf'),
      conf.replace('stderr crit', `${join(this.dir, 'log/error.log')} crit`),
    );
  }

  async #service(service: string): Promise<number> {
    const server = createServer((request, response) => {
      const seen = { service, method: request.method!, url: request.url!, headers: request.headers };
      request.on('end', () => {
        this.seen.push(seen);
        const { status, body = service, headers } = this.reply(seen);
        response.writeHead(status, { server: 'Synapse/1.0', ...headers }).end(body);
      });
      request.resume();
    });
    this.#servers.push(server);
    return listen(server);
  }

  async #start(): Promise<void> {
    const conf = join(this.dir, 'nginx/nginx.conf');
    execFileSync('nginx', ['-t', '-q', '-c', conf], { stdio: ['ignore', 'ignore', 'pipe'] });
    this.#nginx = spawn('nginx', ['-c', conf, '-g', 'daemon off;'], { stdio: 'ignore' });
    const until = Date.now() + PATIENCE_MS;
    while (!(await isOpen(this.#ports.tls))) {
      if (this.#nginx.exitCode !== null || Date.now() > until)
        throw new Error(`nginx did not start: ${this.written()}`);
      await pause(20);
    }
  }
}

/** The header that opens the page of the admin. */
export const AS_ADMIN = { authorization: `Basic ${Buffer.from(`ada:${PASSWORD_OF_THE_PAGE}`).toString('base64')}` };

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
