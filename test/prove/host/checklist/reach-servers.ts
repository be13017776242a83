import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { knock } from '../../../../ops/posture/reach.ts';
import { listen } from '../../../listen.ts';

/** A certificate that a server shows, and for how many days, for which name, of which authority. */
interface Shown {
  readonly days: number;
  readonly name: string;
  readonly authority: 'known' | 'strange';
}

/** What a real nginx serves. */
export interface Served {
  readonly shown?: Shown;
  /** Locations of the server that speaks plain HTTP; left out: it does not. */
  readonly plain?: string;
}

/** Certificates as `openssl` makes them, and a real nginx that shows them. */
export class ReachServers {
  readonly folder = mkdtempSync(join(tmpdir(), 'kin-reach-'));

  constructor() {
    for (const name of ['known', 'strange'])
      this.#openssl(
        'req',
        '-x509',
        ...this.#key(name),
        '-out',
        this.#at(`${name}.pem`),
        '-days',
        '30',
        '-subj',
        `/CN=${name}`,
      );
  }

  /** The authority that ops trusts. */
  get authority(): string {
    return readFileSync(this.#at('known.pem'), 'utf8');
  }

  /** Runs nginx for as long as `use` takes, with the ports that it got. */
  async serve<T>(served: Served, use: (ports: { https: number; http: number }) => Promise<T>): Promise<T> {
    const [https, http] = [await freePort(), await freePort()];
    const { days, name, authority } = served.shown ?? { days: 60, name: 'localhost', authority: 'known' };
    this.#certify(name, days, authority);
    const plain =
      served.plain === undefined
        ? ''
        : `server { listen ${http}; listen [::]:${http}; server_name localhost; ${served.plain} }`;
    writeFileSync(
      this.#at('nginx.conf'),
      `daemon off; pid ${this.#at('pid')}; error_log ${this.#at('error')}; events {} http { access_log off;
server { listen ${https} ssl; listen [::]:${https} ssl; ssl_certificate ${this.#at('c.pem')}; ssl_certificate_key ${this.#at('c.key')}; return 204; } ${plain} }`,
    );
    const nginx = spawn('/usr/sbin/nginx', ['-c', this.#at('nginx.conf')], { stdio: 'ignore' });
    try {
      while ((await knock('localhost', https)) !== 'open')
        if (nginx.exitCode !== null) throw new Error(`nginx: ${readFileSync(this.#at('error'), 'utf8')}`);
      return await use({ https, http });
    } finally {
      nginx.kill();
      if (nginx.exitCode === null) await once(nginx, 'exit');
    }
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #certify(name: string, days: number, authority: string): void {
    writeFileSync(this.#at('names'), `subjectAltName=DNS:${name}\n`);
    this.#openssl('req', ...this.#key('c'), '-out', this.#at('c.csr'), '-subj', `/CN=${name}`);
    const by = [
      '-CA',
      this.#at(`${authority}.pem`),
      '-CAkey',
      this.#at(`${authority}.key`),
      '-extfile',
      this.#at('names'),
    ];
    this.#openssl('x509', '-req', '-in', this.#at('c.csr'), ...by, '-days', `${days}`, '-out', this.#at('c.pem'));
  }

  #key(name: string): string[] {
    return ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', this.#at(`${name}.key`)];
  }

  #openssl(...args: string[]): void {
    execFileSync('openssl', args, { stdio: 'ignore' });
  }

  #at(name: string): string {
    return join(this.folder, name);
  }
}

/** A port that nobody has at the moment. */
export async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}
