import type { Finding } from '../../../core/posture.ts';
import { harden, service } from '../../fixes/commands.ts';
import type { Fix } from '../../fixes/host-kind.ts';
import {
  asRead,
  failed,
  found,
  type HostLine,
  hostLine,
  linesOf,
  must,
  of,
  passed,
  Unclear,
  unlessAny,
} from '../line.ts';

const FIX = harden('ssh');

/** Ways in that need no key; `permitemptypasswords` and hosts' own word among them. */
const WITHOUT_KEY = [
  ...(['passwordauthentication', 'kbdinteractiveauthentication', 'permitemptypasswords'] as const),
  ...(['hostbasedauthentication', 'gssapiauthentication'] as const),
];

/** Debian's service takes options from that file. */
const whereSshdIsCalled: Fix = ({ hasSystemd }) =>
  hasSystemd ? 'systemctl cat ssh.service && cat /etc/default/ssh' : 'cat /etc/default/ssh';

/** What sshd lets in, by its own effective settings: those files say is another matter, where the first of several wins. */
export const SSH_LINES: readonly HostLine[] = [
  hostLine({
    id: 'ssh-keys-only',
    reads: ['sshd', 'sshd-users', 'sshd-matches', 'sshd-read'],
    fix: FIX,
    judge: (said) => {
      const all = [{ who: 'sshd -T', settings: settingsOf(said.sshd) }, ...usersOf(said['sshd-users'])];
      const byMatch = withoutKeyIn(said['sshd-matches']);
      const wrong = all.flatMap(({ who, settings }) => {
        if (asksForKeys(must(settings.get('authenticationmethods'), `${who}: authenticationmethods`))) return [];
        return WITHOUT_KEY.filter((name) => settingIn(settings, name, who) !== 'no').map((name) =>
          of(who, asRead(`${name} yes`)),
        );
      });
      return unlessAny(
        [...wrong, ...byMatch.map(inMatch), ...oddCalls(said['sshd-read'])],
        of('sshd -T', asRead('passwordauthentication no, kbdinteractiveauthentication no')),
      );
    },
  }),
  hostLine({
    id: 'ssh-no-root',
    reads: ['sshd', 'sshd-users', 'sshd-matches', 'sshd-read'],
    fix: FIX,
    judge: (said) => {
      const all = [{ who: 'sshd -T', settings: settingsOf(said.sshd) }, ...usersOf(said['sshd-users'])];
      const byMatch = matchesOf(said['sshd-matches']).filter(
        ({ name, value }) => name === 'permitrootlogin' && value !== 'no',
      );
      const wrong = all.flatMap(({ who, settings }) => {
        const value = settingIn(settings, 'permitrootlogin', who);
        return value === 'no' ? [] : [of(who, asRead(`permitrootlogin ${value}`))];
      });
      return unlessAny(
        [...wrong, ...byMatch.map(inMatch), ...oddCalls(said['sshd-read'])],
        of('sshd -T', asRead('permitrootlogin no')),
      );
    },
  }),
  hostLine({
    id: 'ssh-read',
    reads: ['sshd-read'],
    fix: service('reload', 'ssh'),
    judge: (said) => {
      const times = (key: string) =>
        linesOf(said['sshd-read']).flatMap((line) =>
          line.startsWith(`${key}=`) ? [Number(line.slice(key.length + 1))] : [],
        );
      const [read, changed] = [Math.max(...times('read')), Math.max(...times('changed'))];
      if (!Number.isFinite(read) || !Number.isFinite(changed)) throw new Unclear(found('ssh.no-time', {}));
      const odd = oddCalls(said['sshd-read']);
      // Options of the call outlast a reload: they stand where it is called.
      if (odd.length > 0) return { ...failed(...odd), fix: whereSshdIsCalled };
      const when = found('ssh.read-changed', { read: moment(read), changed: moment(changed) });
      // systemd tells whole seconds.
      return Math.floor(changed) > read ? failed(when) : passed(when);
    },
  }),
  hostLine({
    id: 'ssh-limits',
    reads: ['sshd', 'sshd-matches', 'sshd-read'],
    fix: FIX,
    judge: (said) => {
      const settings = settingsOf(said.sshd);
      const value = (name: string) => settingIn(settings, name, 'sshd -T');
      const [tries, grace] = [Number(value('maxauthtries')), Number(value('logingracetime'))];
      const wrong = [
        ...(isFew(value('maxauthtries')) ? [] : [`maxauthtries ${value('maxauthtries')}`]),
        ...(grace >= 1 && grace <= 60 ? [] : [`logingracetime ${value('logingracetime')}`]),
        ...(value('x11forwarding') === 'no' ? [] : ['x11forwarding yes']),
        ...(value('permituserenvironment') === 'no' ? [] : [`permituserenvironment ${value('permituserenvironment')}`]),
        ...(isLoud(value('loglevel')) ? [] : [`loglevel ${value('loglevel')}`]),
      ];
      const byMatch = matchesOf(said['sshd-matches']).filter(
        ({ name, value }) => LIMITS_IN_MATCH[name]?.(value) === false,
      );
      return unlessAny(
        [...wrong.map(asRead), ...byMatch.map(inMatch), ...oddCalls(said['sshd-read'])],
        asRead(`maxauthtries ${tries}, logingracetime ${grace}, x11forwarding no`),
      );
    },
  }),
  hostLine({
    id: 'ssh-algorithms',
    reads: ['sshd', 'sshd-read'],
    fix: FIX,
    judge: (said) => {
      const settings = settingsOf(said.sshd);
      const wrong = Object.entries(WEAK).flatMap(([name, weak]) =>
        settingIn(settings, name, 'sshd -T')
          .split(',')
          .filter((algorithm) => weak.test(algorithm))
          .map((algorithm) => `${name} ${algorithm}`),
      );
      return unlessAny([...wrong.map(asRead), ...oddCalls(said['sshd-read'])], found('ssh.nothing-weak', {}));
    },
  }),
];

const WEAK: Readonly<Record<string, RegExp>> = {
  ciphers: /cbc|3des|arcfour|blowfish|cast128|none/,
  macs: /md5|sha1|umac-64|ripemd|none/,
  kexalgorithms: /sha1|group1-|group-exchange-sha1/,
  hostkeyalgorithms: /^ssh-dss|^ssh-rsa/,
  pubkeyacceptedalgorithms: /^ssh-dss|^ssh-rsa/,
};

/** Each of the ways that are offered takes a key. */
function asksForKeys(methods: string): boolean {
  return methods.split(' ').every((way) => way.split(',').some((method) => method === 'publickey'));
}

/** `name value` a line. Throws `Unclear` for what is none of sshd. */
function settingsOf(text: string): Map<string, string> {
  const settings = new Map<string, string>();
  for (const line of linesOf(text)) {
    const at = line.indexOf(' ');
    const name = at < 0 ? line : line.slice(0, at);
    // The first of several counts, as for sshd.
    if (!settings.has(name)) settings.set(name, at < 0 ? '' : line.slice(at + 1));
  }
  if (settings.size === 0) throw new Unclear('sshd -T');
  return settings;
}

function settingIn(settings: ReadonlyMap<string, string>, name: string, who: string): string {
  return must(settings.get(name), `${who}: ${name}`);
}

/** What counts for each person and each address that was asked for. */
function usersOf(text: string): { readonly who: string; readonly settings: Map<string, string> }[] {
  const parts = text.split(/^(?=user )/m).filter((part) => part.trim() !== '');
  if (parts.length === 0) throw new Unclear(found('ssh.nobody-may', {}));
  return parts.map((part) => {
    const [, user, from, rest] = /^user (\S+) from (\S+)\n([\s\S]*)$/.exec(part) ?? [];
    if (rest === undefined) throw new Unclear('sshd-users');
    return { who: `sshd -T -C user=${user},addr=${from}`, settings: settingsOf(rest) };
  });
}

interface MatchSetting {
  readonly name: string;
  readonly value: string;
}

interface Matches {
  /** What each Match block says. */
  readonly blocks: readonly (readonly MatchSetting[])[];
  /** `AuthenticationMethods` outside of all blocks; several where files say it more than once. */
  readonly outside: readonly string[];
}

/** Match blocks, for whomever. Throws `Unclear` where one leads to another file. */
function blocksOf(text: string): Matches {
  const lines = linesOf(text);
  if (!/^files [1-9]\d*$/.test(lines.at(-1) ?? '')) throw new Unclear('sshd-matches');
  const blocks: MatchSetting[][] = [];
  const outside: string[] = [];
  for (const line of lines.slice(0, -1)) {
    const [name, ...rest] = line.split(' ');
    if (name === 'include') throw new Unclear(found('ssh.include-in-match', {}));
    if (name === 'match') blocks.push([]);
    else if (name === 'outside') outside.push(rest.slice(1).join(' ').toLowerCase());
    else must(blocks.at(-1), 'sshd-matches').push({ name: name!, value: rest.join(' ').toLowerCase() });
  }
  return { blocks, outside };
}

/** What all Match blocks say. */
function matchesOf(text: string): MatchSetting[] {
  return blocksOf(text).blocks.flat();
}

/**
 * What Match blocks let in without a key. A password is none where a key is asked for as well: by the block itself, or outside of all of
 * them; and no block at all takes less, since of several that hold for somebody the first one counts.
 */
function withoutKeyIn(text: string): MatchSetting[] {
  const { blocks, outside } = blocksOf(text);
  const methods = (settings: readonly MatchSetting[]) =>
    settings.filter(({ name }) => name === 'authenticationmethods').map(({ value }) => value);
  const isAsked = outside.length > 0 && outside.every(asksForKeys);
  const isWeakened = !methods(blocks.flat()).every(asksForKeys);
  return blocks
    .filter((block) => isWeakened || !(isAsked || methods(block).length > 0))
    .flatMap((block) => block.filter(({ name, value }) => isWithoutKey(name) && value !== 'no'));
}

const isFew = (tries: string) => Number(tries) >= 1 && Number(tries) <= 4;
const isLoud = (level: string) => ['INFO', 'VERBOSE'].includes(level.toUpperCase());

/** Limits that a Match block can take away. */
const LIMITS_IN_MATCH: Readonly<Record<string, (value: string) => boolean>> = {
  x11forwarding: (value) => value === 'no',
  maxauthtries: isFew,
  loglevel: isLoud,
};

function isWithoutKey(name: string): boolean {
  return (WITHOUT_KEY as readonly string[]).includes(name) || name === 'challengeresponseauthentication';
}

function inMatch({ name, value }: MatchSetting): Finding {
  return found('ssh.in-match', { setting: `${name} ${value}` });
}

/** What the sshd that runs was called with, beyond what says nothing of its settings: `sshd -T` does not know of it. */
function oddCalls(text: string): Finding[] {
  if (!/^runs=\S/m.test(text)) throw new Unclear(found('ssh.runs-not', {}));
  return linesOf(text).flatMap((line) => {
    const [, called] = /^runs=\S+ *(.*?) *$/.exec(line) ?? [];
    return called === undefined || called.split(' ').every((word) => ['', '-D', '-e'].includes(word))
      ? []
      : [found('ssh.runs-with', { options: called })];
  });
}

function moment(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 19);
}
