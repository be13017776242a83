import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { compose, harden, reloadDoor, whoListens, word } from '../fixes/commands.ts';
import type { Fix, HostKind } from '../fixes/host-kind.ts';
import { asRead, failed, found, type Judged, passed, unlessAny } from './line.ts';
import { NotKnown, type OwnLine } from './own-line.ts';
import { askPlain, type Handshake, knock, shakeHands } from './reach.ts';

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
    // Where nothing of it is seen, it is the door that is missing.
    { id: 'tls', fix: doorAnew(place?.https ?? 443), read: (now, host) => judgeTls(at(), now, host) },
    { id: 'http-redirect', fix: doorAnew(place?.http ?? 80), read: () => judgeRedirect(at()) },
    { id: 'closed-ports', fix: harden('firewall'), read: () => judgePorts(at()) },
  ];
}

/** Without containers the door is a web server of theirs: who listens there is whose settings have to change. */
function doorAnew(port: number): Fix {
  return (host) => (host.engine.name === 'none' ? whoListens(port) : compose(host, 'up -d --force-recreate nginx'));
}

async function judgeTls(place: PublicPlace, now: number, typedOn: HostKind): Promise<Judged> {
  const { host, https, authorityFile } = place;
  const own = authorityFile === undefined ? undefined : await authorityIn(authorityFile);
  const shown = await shakeHands(host, https, own);
  if (shown === undefined) throw new NotKnown('failed', found('name.no-handshake', { at: `${host}:${https}` }));
  const { protocol, endsAt, issuer, trouble, authority } = shown;
  const daysTo = (end: number) => Math.floor((end - now) / DAY_MS);
  const days = daysTo(endsAt);
  const wrong = [
    ...(trouble === undefined ? [] : [asRead(trouble)]),
    ...(authority === undefined || daysTo(authority.endsAt) >= DAYS_LEFT
      ? []
      : [found('tls.authority-ends', { name: authority.name, days: daysTo(authority.endsAt) })]),
  ];
  const says = found('tls.shown', { host, protocol, issuer, days });
  const isWell = wrong.length === 0 && days >= DAYS_LEFT && ['TLSv1.2', 'TLSv1.3'].includes(protocol);
  return isWell ? passed(says) : { ...failed(says, ...wrong), fix: () => renewalOf(place, shown, { typedOn, now }) };
}

/**
 * Certbot renews what it brought; any other certificate from elsewhere is put where the door reads it. An authority of the household's own renews nothing by itself. The certificate keeps its addresses: that of the VPN is one. Where the
 * authority ends as well, a new one takes its place, which each phone has to take.
 */
function renewalOf(
  { host, https, authorityFile }: PublicPlace,
  { addresses, authority }: Pick<Handshake, 'addresses' | 'authority'>,
  { typedOn, now }: { readonly typedOn: HostKind; readonly now: number },
): string {
  const { data, product, engine } = typedOn;
  const isEnding = authority !== undefined && authority.endsAt - now < DAYS_LEFT * DAY_MS;
  if (authorityFile === undefined && typedOn.hasCertbot)
    return isEnding ? 'certbot renew --force-renewal' : 'certbot renew';
  if (engine.name === 'none') return whoListens(https);
  if (authorityFile === undefined)
    return `${tlsScript(product)} take ${word(`${data}/tls`)} CHAIN KEY && ${reloadDoor(typedOn)}`;
  const names = [host, ...addresses].join(' ');
  return [
    ...(isEnding ? [`rm ${word(`${data}/tls-authority/ca.key`)}`] : []),
    `${tlsScript(product)} own-ca ${word(`${data}/tls`)} ${names}`,
    ...(isEnding ? [`install -m 644 ${word(`${data}/tls/ca.pem`)} ${word(`${data}/config/tls-authority.pem`)}`] : []),
    reloadDoor(typedOn),
  ].join(' && ');
}

function tlsScript(product: string): string {
  return word(`${product}/config/deploy/tls/tls.sh`);
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
