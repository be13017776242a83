import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { asRead, failed, found, harden, type Judged, passed, unlessAny } from './line.ts';
import { NotKnown, type OwnLine } from './own-line.ts';
import { askPlain, knock, shakeHands } from './reach.ts';

const DAY_MS = 86_400_000;
/** Let's Encrypt is renewed thirty days before its end; so late something is wrong with that. */
const DAYS_LEFT = 14;

/** Ports of what must not be reached from outside: database, Qdrant, homeserver, our own, Ollama, Docker. */
export const CLOSED_PORTS = [2375, 2376, 5432, 6333, 6334, 8008, 8765, 11434] as const;

/** Where the household is reached by its public name. */
export interface PublicPlace {
  readonly host: string;
  readonly https: number;
  readonly http: number;
  readonly closed: readonly number[];
  /** File with the certificate of the household's own authority; undefined where it has none. */
  readonly authorityFile?: string | undefined;
}

/** What is seen by going to the public name: nothing that is written down anywhere, but what answers. */
export function reachLines(place: PublicPlace | undefined): OwnLine[] {
  const at = (): PublicPlace => {
    if (place === undefined) throw new NotKnown('not-set-up', found('name.none', {}));
    return place;
  };
  return [
    { id: 'tls', fix: renewalOf(place), read: (now) => judgeTls(at(), now) },
    { id: 'http-redirect', fix: 'docker compose up -d --force-recreate nginx', read: () => judgeRedirect(at()) },
    { id: 'closed-ports', fix: harden('firewall'), read: () => judgePorts(at()) },
  ];
}

/** An authority of the household's own renews nothing by itself. */
function renewalOf(place: PublicPlace | undefined): string {
  return place?.authorityFile === undefined
    ? 'certbot renew'
    : `/opt/kinkeeper/config/deploy/tls/tls.sh own-ca /srv/kinkeeper/tls ${place.host} && docker exec kinkeeper-nginx-1 nginx -s reload`;
}

async function judgeTls({ host, https, authorityFile }: PublicPlace, now: number): Promise<Judged> {
  const authority = authorityFile === undefined ? undefined : await authorityIn(authorityFile);
  const shown = await shakeHands(host, https, authority);
  if (shown === undefined) throw new NotKnown('failed', found('name.no-handshake', { at: `${host}:${https}` }));
  const { protocol, endsAt, issuer, trouble } = shown;
  const days = Math.floor((endsAt - now) / DAY_MS);
  const says = found('tls.shown', { host, protocol, issuer, days });
  if (trouble !== undefined) return failed(says, asRead(trouble));
  return days >= DAYS_LEFT && ['TLSv1.2', 'TLSv1.3'].includes(protocol) ? passed(says) : failed(says);
}

/** Throws `NotKnown` where it cannot be read, or is no certificate: TLS would take that for none at all. */
async function authorityIn(file: string): Promise<string> {
  try {
    const text = await readFile(file, 'utf8');
    return new X509Certificate(text).toString();
  } catch {
    throw new NotKnown('failed', found('tls.no-authority', { file }));
  }
}

async function judgeRedirect(place: PublicPlace): Promise<Judged> {
  const { host, http } = place;
  await mustReach(place);
  const state = await knock(host, http);
  if (state === 'closed') return passed(found('http.closed', { at: `${host}:${http}` }));
  if (state === 'silent') return passed(found('http.silent', { at: `${host}:${http}` }));
  const answers = await Promise.all(PLAIN_PATHS.map(async (path) => ({ path, ...(await askPlain(host, http, path)) })));
  const [first] = answers;
  const bad = answers.find((answer) => !sendsOn(answer, host));
  const { path, status, location } = bad ?? first!;
  const says = found('http.answers', { url: `http://${host}:${http}${path}`, status, location });
  return bad === undefined ? passed(says) : failed(says);
}

/** Where people, their clients and our API ask: each by itself, as a server may answer one of them and send on the rest. */
const PLAIN_PATHS = ['/', '/_matrix/client/versions', '/v1/documents'] as const;

/** To HTTPS of the same name. */
function sendsOn({ status, location }: { status: number; location: string }, host: string): boolean {
  if (![301, 302, 307, 308].includes(status) || !URL.canParse(location)) return false;
  const { protocol, hostname } = new URL(location);
  return protocol === 'https:' && hostname === host.toLowerCase();
}

async function judgePorts(place: PublicPlace): Promise<Judged> {
  const { host, closed } = place;
  await mustReach(place);
  const states = await Promise.all(closed.map(async (port) => [port, await knock(host, port)] as const));
  const open = states
    .filter(([, state]) => state === 'open')
    .map(([port]) => found('ports.answers', { at: `${host}:${port}` }));
  return unlessAny(open, found('ports.closed', { host, ports: closed.join(', ') }));
}

/** From where nothing is reached at all, closed looks like closed. */
async function mustReach({ host, https }: PublicPlace): Promise<void> {
  if ((await knock(host, https)) !== 'open')
    throw new NotKnown('failed', found('name.unreached', { at: `${host}:${https}` }));
}
