import { describe, expect, test } from 'vitest';
import type { Check, CheckId } from '../../../core/posture.ts';
import { sayEvidence } from '../../../core/wording/checklist/evidence/say-evidence.ts';
import { judgeHost } from '../../../ops/posture/judge-host.ts';
import { asRead } from '../../../ops/posture/line.ts';
import { HOST_CHECKS } from '../../../ops/posture/lines/index.ts';
import type { Posture, Probe } from '../../../ops/posture/posture-shape.ts';
import type { ProbeName } from '../../../ops/posture/probe-names.ts';
import { IN_DOCKER } from '../fixes/host-kinds.ts';
import { container, GOOD, postureOf, READ_AT, recorded, sources } from './good-host.ts';
import { UFW } from './odd-hosts/firewall.ts';
import { ODD_HOSTS } from './odd-hosts/index.ts';

const FAILS: (typeof ODD_HOSTS)[number]['fails'] = Object.assign({}, ...ODD_HOSTS.map(({ fails }) => fails));
const WELL = ODD_HOSTS.flatMap(({ well }) => well);
const UNCLEAR = ODD_HOSTS.flatMap(({ unclear }) => unclear);

function judge(id: CheckId, posture: Posture) {
  const line = HOST_CHECKS.find((one) => one.id === id)!;
  return judgeHost([line], { posture }, IN_DOCKER)[0]!;
}

const said = ({ evidence }: Pick<Check, 'evidence'>) => sayEvidence('en', evidence);
const figuresIn = (text: string) => text.match(/[0-9]+/g)?.toSorted() ?? [];

describe.each(HOST_CHECKS.map((line) => [line.id, line] as const))('%s', (id, line) => {
  test('passes on a host that is as it should be, and says what it read', () => {
    const judged = judge(id, postureOf());
    expect(judged).toMatchObject({ verdict: 'pass', why: null, readAt: READ_AT });
    expect(said(judged)).not.toBe('');
  });

  test('fails for each thing that is not', () => {
    expect(FAILS[id]?.length ?? 0).toBeGreaterThan(0);
    for (const [name, changed] of FAILS[id]!) {
      const judged = judge(id, postureOf(changed));
      expect(judged.verdict, `${name}: ${said(judged)} ${judged.why}`).toBe('fail');
      expect(said(judged), name).not.toBe('');
      expect(judged.fix).not.toBe('');
    }
  });

  test('is never ticked without what it reads', () => {
    const bad: Readonly<Record<string, Probe | undefined>> = {
      missing: undefined,
      'no program': { code: 127, cut: false, text: '' },
      failed: { code: 1, cut: false, text: GOOD[line.reads[0]!] },
      'too slow': { code: 124, cut: false, text: GOOD[line.reads[0]!] },
      cut: { code: 0, cut: true, text: GOOD[line.reads[0]!] },
    };
    for (const name of line.reads)
      for (const [how, probe] of Object.entries(bad)) {
        const { probes, at } = postureOf();
        const { [name]: _, ...others } = probes;
        const judged = judge(id, { at, probes: probe === undefined ? others : { ...others, [name]: probe } });
        expect(judged, `${name} ${how}`).toMatchObject({ verdict: 'unknown', evidence: [asRead(name)] });
      }
    for (const name of line.mayLack)
      for (const how of ['missing', 'failed', 'cut'] as const) {
        const { probes, at } = postureOf();
        const { [name]: _, ...others } = probes;
        const probe = bad[how];
        const judged = judge(id, { at, probes: probe === undefined ? others : { ...others, [name]: probe } });
        expect(judged.verdict, `${name} ${how}`).toBe('unknown');
      }
  });

  test('is never ticked by nonsense', () => {
    for (const name of line.reads)
      for (const text of ['', '\n', 'nonsense', '{}', '[]', 'null', '{"nftables":[]}', 'a=b', '\u0000\u0001', '<html>'])
        if (!SAYS_ENOUGH.test(`${id} ${name} ${text.trim()}`))
          expect(judge(id, postureOf({ [name]: text })).verdict, `${name}: ${JSON.stringify(text)}`).not.toBe('pass');
  });

  test('says evidence of one plain line', () => {
    for (const [, changed] of FAILS[id]!) expect(said(judge(id, postureOf(changed)))).toMatch(/^[\x20-\x7e]{1,1000}$/);
  });

  test('says the same figures in German', () => {
    for (const changed of [undefined, ...FAILS[id]!.map(([, one]) => one)]) {
      const { evidence } = judge(id, postureOf(changed));
      const german = sayEvidence('de', evidence);
      expect(figuresIn(german), german).toEqual(figuresIn(sayEvidence('en', evidence)));
      for (const { of } of evidence) expect(german).toContain(of ?? '');
    }
  });
});

/** An answer that looks like none and is one: nobody is in a group that is not there, and swap in memory lies on no disk. */
const SAYS_ENOUGH = /^(docker-group docker-group $|swap (mounts|blocks) )/;

describe('what is well by another way', () => {
  test.each(WELL)('%s: %s', (_, id, changed) => {
    const judged = judge(id, postureOf(changed));
    expect(judged.verdict, `${said(judged)} ${judged.why}`).toBe('pass');
  });

  test('rules of iptables that nothing tells are not known', () => {
    const { probes, at } = postureOf({ nft: UFW.nft });
    const lacks = { code: 127, cut: false, text: '' };
    expect(judge('firewall', { at, probes: { ...probes, iptables: lacks, ip6tables: lacks } })).toMatchObject({
      verdict: 'unknown',
      why: 'unclear',
    });
  });

  test('rules of iptables without the chain of what comes in are half an answer, beside rules of nft that pass', () => {
    for (const half of [':FORWARD DROP [0:0]\n', '-A FORWARD -j DROP\n'])
      expect(judge('firewall', postureOf({ iptables: half })), half).toMatchObject({
        verdict: 'unknown',
        why: 'unclear',
      });
  });
});

test.each(UNCLEAR)('%s is not known: %s', (_, id, changed) => {
  expect(judge(id, postureOf(changed))).toMatchObject({ verdict: 'unknown', why: 'unclear' });
});

describe('where the data were moved into a sealed volume', () => {
  const device = '/dev/mapper/kinkeeper';
  const moved = { 'sealed-data': `device=${device}\n` };
  const mounts = (text: string) => ({ ...moved, mounts: text });
  const plain = GOOD.mounts.replace(device, '/dev/vda1');

  test.each(['volume-encryption', 'auditd'] as const)('%s of a locked one says how to unlock it', (id) => {
    const locked = mounts(JSON.stringify({ filesystems: [{ target: '/', source: '/dev/vda1', fstype: 'ext4' }] }));
    const judged = judge(id, postureOf(locked));
    expect(judged).toMatchObject({ verdict: 'fail', evidence: [{ says: 'volume.locked' }] });
    expect(judged.fix).toMatch(/kinkeeper-harden \S+ unlock$/);
    expect(judge(id, postureOf(moved)).verdict).toBe('pass');
    const ofAPart = mounts(GOOD.mounts.replace(device, `${device}[/data]`));
    expect(judge(id, postureOf(ofAPart)).verdict).toBe('pass');
  });

  test('a plain folder over one that is open, and a plain disk without one, are mended by the measure', () => {
    const over = GOOD.mounts.replace(
      ']}',
      ',{"target":"/srv/kinkeeper","source":"/dev/vda1[/plain]","fstype":"ext4"}]}',
    );
    for (const changed of [mounts(over), { mounts: plain }])
      expect(judge('volume-encryption', postureOf(changed))).toMatchObject({
        verdict: 'fail',
        fix: expect.stringMatching(/ apply luks$/),
      });
  });
});

test('containers as a real Docker told of them', () => {
  const docker = GOOD.docker.replace('28.2.2', '20.10.24+dfsg1');
  const looked = sources('socket\t/var/run/docker.sock\t/run/docker.sock', '/var/lib/docker/volumes/named/_data');
  const changed = { containers: recorded('containers-docker20'), docker, 'mount-sources': looked };
  const told = (id: CheckId) => said(judge(id, postureOf(changed)));
  expect(told('docker-ports')).toBe('k-run: 0.0.0.0:5432/tcp; k-bad: 127.0.0.1:11/udp; k-bad: 0.0.0.0:8008/tcp');
  expect(told('container-mounts')).toBe(
    'k-bad: mounts the socket /var/run/docker.sock, which leads to /run/docker.sock',
  );
  expect(told('container-namespaces')).toBe(
    'k-bad: network of the host; k-bad: pid of the host; k-bad: devices of the host',
  );
  expect(told('container-health')).toContain('k-bad: does not run');
  expect(told('container-data')).toBe(
    'k-bad: writes to /run/docker.sock, which is not encrypted; k-bad: writes to /var/lib/docker/volumes/named/_data, which is not encrypted',
  );
  // That machine had no AppArmor, and these containers came from a local tag.
  const others = HOST_CHECKS.filter(({ id }) => !['container-images', 'docker-confinement'].includes(id));
  for (const { id, reads } of others) if (reads.includes('containers')) expect(told(id), id).not.toContain('k-good:');
});

test('what is wrong is named as it is, and so many more are counted', () => {
  const told = (id: CheckId, changed: Parameters<typeof postureOf>[0]) => said(judge(id, postureOf(changed)));
  const rules = GOOD['audit-rules'].split('\n');
  const without = (part: string) => ({ 'audit-rules': rules.filter((rule) => !rule.includes(part)).join('\n') });
  expect(told('auditd', without('perm=r'))).toBe('nobody watches who reads /srv/kinkeeper/secrets');
  expect(told('auditd', without('/etc/kinkeeper'))).toBe('nobody watches who changes /etc/kinkeeper');
  expect(told('vpn', {})).toBe('wg0: 2 peers, one heard 2 min ago');
  const six = Array.from({ length: 6 }, (_, place) => `root${place}:x:0:0::/:/bin/sh`).join('\n');
  expect(told('accounts', { passwd: GOOD.passwd + six })).toMatch(
    /^root0 is root as well; .*; root3 [^;]*; and 2 more$/,
  );
});

test('names that people give are shown short, in plain characters, and end no code span', () => {
  const [odd, long] = ['to\u202eor`\u0007', 'x'.repeat(500)];
  const accounts = judge(
    'accounts',
    postureOf({ passwd: `${GOOD.passwd}${odd}:x:0:0::/:/bin/sh\n${long}:x:0:0::/:/x\n` }),
  );
  expect(said(accounts)).toBe(`to?or'? is root as well; ${'x'.repeat(160)}... is root as well`);
  const named = (name: string) =>
    said(judge('container-privileges', postureOf({ containers: container({ name, privileged: true }) })));
  expect(named(`/${odd}`)).toBe("to?or'?: privileged");
  expect(named(`/${long}`)).toBe(`${'x'.repeat(160)}...: privileged`);
});

test('every probe is read by a line', () => {
  const read = new Set(HOST_CHECKS.flatMap(({ reads, mayLack }) => [...reads, ...mayLack]));
  expect((Object.keys(GOOD) as ProbeName[]).filter((name) => !read.has(name))).toEqual([]);
});
