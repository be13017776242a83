import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { loadConfig } from '../../../config/load.ts';
import type { Plan, PlanFacts } from '../../../ops/setup/plan/plan.ts';
import { planSetup } from '../../../ops/setup/plan/plan-setup.ts';
import { checkAnswers } from '../../../ops/setup/read-answers.ts';
import { readTemplates } from '../../../ops/setup/read-templates.ts';
import { shellLine } from '../../../ops/setup/shell-line.ts';
import { FRESH_MACHINE } from './fresh-machine.ts';

const ROOT: PlanFacts = {
  ...FRESH_MACHINE,
  self: { uid: 0, gid: 0 },
  node: '/usr/bin/node',
  product: '/opt/kinkeeper',
  model: 'qwen3:4b',
  sshPorts: '2222',
};

const BARE = {
  kind: 'bare',
  serverName: 'home.example',
  homeserver: 'http://127.0.0.1:8008',
  people: [
    { name: 'ada', role: 'admin' },
    { name: 'ben', language: 'de' },
  ],
};

const COMPOSE = {
  kind: 'compose',
  serverName: 'home.example',
  host: 'chat.home.example',
  endpoint: 'vps.example',
  devices: ['adas-phone', 'bens-phone'],
  timeZone: 'Europe/Berlin',
  people: BARE.people,
};

/** A checkout of another size: one template and one script of each kind. */
const CHECKOUT: PlanFacts = {
  ...ROOT,
  templates: {
    'nginx/nginx.conf': 'server_name {{publicHost}};\nclient_max_body_size {{uploadMebibytes}}m;\n',
    'synapse/homeserver.yaml': 'server_name: "{{serverName}}"\n',
    'kinkeeper.yaml': 'made by set-up itself: {{answering}}\n',
    'tls/tls.sh': '#!/bin/sh\n',
  },
  hostFiles: {
    'helper/kinkeeper-host': '#!/bin/sh\n',
    'helper/log.sh': '# log\n',
    'helper/kinkeeper-host.conf': 'spool_user=990\n',
    'host-facts.ts': 'export {};\n',
    'measures/ssh.sh': '# ssh\n',
    'systemd/kinkeeper-host.path': '[Path]\n',
  },
  env: 'KINKEEPER_IMAGE=kinkeeper@sha256:1\nKINKEEPER_VERSION=1.2.3\nTZ=UTC\n',
};
const PRODUCT = fileURLToPath(new URL('../../../', import.meta.url)).replace(/\/$/, '');

function planned(answers: object, facts: PlanFacts = ROOT): Plan {
  return planSetup(checkAnswers(answers, 'test'), facts);
}

/** A plan as a text that a person can compare. */
function shown({ folders, secrets, files, acts }: Plan): string {
  const access = ({ mode, owner }: Plan['folders'][number]) => `${mode.toString(8)} ${owner.uid}:${owner.gid}`;
  return [
    ...folders.map((one) => `folder ${one.path} ${access(one)}`),
    ...secrets.map((one) => `secret ${one.path} ${access(one)} ${JSON.stringify(one.make)}`),
    ...acts.map(({ act }) => `act ${act}`),
    ...files.map((one) => `\nfile ${one.path} ${access(one)}\n${one.content}`),
  ].join('\n');
}

test('a household beside a Synapse, as root', async () => {
  await expect(shown(planned(BARE))).toMatchFileSnapshot('golden/bare.txt');
});

test('the same as an ordinary account: everything belongs to it, and no service is written', () => {
  const plan = planned(
    { ...BARE, start: 'detached', data: '/home/ada/kin' },
    { ...ROOT, self: { uid: 1000, gid: 1000 } },
  );
  const owners = [...plan.folders, ...plan.secrets, ...plan.files].map(({ owner }) => owner.uid);
  expect(new Set(owners)).toEqual(new Set([1000]));
  expect(plan.files.map(({ path }) => path)).toEqual([
    '/home/ada/kin/config/kinkeeper.yaml',
    '/home/ada/kin/answers.yaml',
  ]);
});

test('the same answers are the same plan, and no file holds a secret', () => {
  expect(planned(BARE)).toEqual(planned(BARE));
  expect(shown(planned(BARE))).not.toMatch(/password: |passphrase: /i);
});

test.each([
  { name: 'bare', answers: BARE },
  { name: 'bare, without backups and model', answers: { ...BARE, backupKey: 'none', model: 'none' } },
  { name: 'bare, with a named model', answers: { ...BARE, model: 'qwen3:4b', apiListen: '' } },
])('the product takes the settings: $name', ({ answers }) => {
  const folder = mkdtempSync(join(tmpdir(), 'kin-plan-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const { files, settingsFile } = planned({ ...answers, data: folder });
  const file = join(folder, 'kinkeeper.yaml');
  writeFileSync(file, files.find(({ path }) => path === settingsFile)!.content);
  const { config } = loadConfig({ file, env: {}, secrets: [] });
  expect(config.people).toMatchObject([
    { id: '@ada:home.example', role: 'admin' },
    { id: '@ben:home.example', role: 'member', language: 'de' },
  ]);
});

test('where Element is served, set-up cards say where', () => {
  const settingsOf = ({ files, settingsFile }: Plan) => files.find(({ path }) => path === settingsFile)!.content;
  const served = settingsOf(planned({ ...COMPOSE, profiles: ['element'] }, CHECKOUT));
  expect(served).toContain('webClient: "https://chat.home.example/element"');
  expect(settingsOf(planned(COMPOSE, CHECKOUT))).not.toContain('webClient');
});

test('what changes in the answers is done again, and nothing else', () => {
  const keys = (plan: Plan) => Object.fromEntries(plan.acts.map(({ act, key }) => [act, key]));
  const before = keys(planned(BARE));
  const after = keys(planned({ ...BARE, people: [...BARE.people, { name: 'cleo' }] }));
  const changed = Object.keys(after).filter((act) => after[act] !== before[act]);
  expect(changed).toEqual(['accounts', 'start', 'first-message']);
});

test('a new device gets its way in, and nothing is started anew for it', () => {
  const keys = (plan: Plan) => new Map(plan.acts.map(({ act, key }) => [act, key]));
  const before = keys(planned(COMPOSE, CHECKOUT));
  const after = planned({ ...COMPOSE, devices: [...COMPOSE.devices, 'cleos-tablet'] }, CHECKOUT);
  expect(after.acts.filter(({ act, key }) => before.get(act) !== key).map(({ act }) => act)).toEqual([
    'host-helper',
    'vpn',
  ]);
});

test('the VPN comes off with its last device', () => {
  const vpn = (done: PlanFacts['done']) =>
    planned({ ...COMPOSE, devices: [] }, { ...CHECKOUT, done }).acts.find(({ act }) => act === 'vpn');
  expect(vpn({ vpn: 'adas-phone bens-phone' })).toEqual({ act: 'vpn', key: '' });
  expect([vpn({ vpn: '' }), vpn({})]).toEqual([undefined, undefined]);
});

test('a household of containers', async () => {
  await expect(shown(planned(COMPOSE, CHECKOUT))).toMatchFileSnapshot('golden/compose.txt');
});

const SOCKET = '/run/user/1000/podman/podman.sock';
const KIN = {
  ...{ name: 'kin', uid: 1000, gid: 1001, below: { uid: 100_000, gid: 200_000 }, lingers: true, lowestPort: 80 },
};

test('with Podman its own file is read, its own resolver is asked, and its containers start with the machine', () => {
  const podman = { socket: '/run/podman/podman.sock', hasSocket: true, account: undefined };
  const answers = checkAnswers({ ...COMPOSE, engine: 'podman' }, 'test');
  const plan = planSetup(answers, { ...ROOT, ...readTemplates(answers, PRODUCT), podman });
  const textOf = (end: string) => plan.files.find(({ path }) => path.endsWith(end))!.content;
  expect(textOf('/.env')).toContain('\nCOMPOSE_FILE=/opt/kinkeeper/docker-compose.podman.yml\n');
  expect(textOf('kinkeeper-host.conf')).toMatch(/^compose_file=.*docker-compose\.podman\.yml$/m);
  expect(textOf('kinkeeper-host.conf')).toMatch(/^container_host=unix:\/\/\/run\/podman\/podman\.sock$/m);
  expect(textOf('nginx/nginx.conf')).toContain('resolver 172.31.252.1 ');
  expect(textOf('nginx/ollama.conf')).toContain('resolver 172.31.255.1 ');
  for (const [act, word] of Object.entries({ Start: 'start', Stop: 'stop' }))
    expect(textOf('system/podman-restart.service.d/kinkeeper-vpn.conf')).toContain(
      `\nExec${act}=/usr/bin/podman ${word} --all --filter restart-policy=unless-stopped\n`,
    );
  expect(plan.account).toEqual({ uid: 10_001, gid: 10_001 });
});

test('back with Docker nothing of Podman is left: neither its file of Compose nor its socket', () => {
  const podman = { socket: '/run/podman/podman.sock', hasSocket: true, account: undefined };
  const textOf = (plan: Plan, end: string) => plan.files.find(({ path }) => path.endsWith(end))!.content;
  const before = planned({ ...COMPOSE, engine: 'podman' }, { ...CHECKOUT, podman });
  const [env, hostSettings] = [textOf(before, '/.env'), textOf(before, '/kinkeeper-host.conf')];
  expect([env, hostSettings].join()).toMatch(/COMPOSE_FILE=[\s\S]*container_host=/);
  const after = planned(COMPOSE, { ...CHECKOUT, env, hostSettings });
  for (const end of ['/.env', '/kinkeeper-host.conf'])
    expect(textOf(after, end)).toBe(textOf(planned(COMPOSE, CHECKOUT), end));
});

test('without rights of root folders and secrets belong to the numbers that the containers have on the host', () => {
  const podman = { socket: SOCKET, hasSocket: true, account: KIN };
  const answers = checkAnswers({ ...COMPOSE, engine: 'podman', podmanAccount: 'kin' }, 'test');
  const plan = planSetup(answers, { ...ROOT, ...readTemplates(answers, PRODUCT), podman });
  const ownerOf = (path: string) => {
    const { uid, gid } = [...plan.folders, ...plan.secrets, ...plan.files].find((one) => one.path === path)!.owner;
    return `${uid}:${gid}`;
  };
  expect(ownerOf('/srv/kinkeeper/state')).toBe('110000:210000');
  expect(ownerOf('/srv/kinkeeper/secrets/postgres/password')).toBe('100998:200998');
  expect(ownerOf('/var/lib/kinkeeper-spool/requests')).toBe('110000:210000');
  // Root of the door writes its log, and reads the key of its certificate by its group; nothing else of root's is any container's.
  expect(ownerOf('/srv/kinkeeper/logs/nginx')).toBe('1000:1001');
  expect(ownerOf('/srv/kinkeeper/tls')).toBe('0:1001');
  for (const path of ['/srv/kinkeeper', '/srv/kinkeeper/config/kinkeeper.yaml', '/opt/kinkeeper/.env'])
    expect(ownerOf(path)).toBe('0:0');
  const textOf = (end: string) => plan.files.find(({ path }) => path.endsWith(end))!.content;
  expect(textOf('kinkeeper-host.conf')).toMatch(/^spool_user=110000\nspool_group=210000$/m);
  // Visitors are seen as they are by pasta alone, at the address that the answers say.
  expect(textOf('containers.conf.d/kinkeeper.conf')).toContain('"10.77.0.1/443:8443"');
  // The sandbox of each unit that asks Podman shows it that one folder of the account's session, and nobody's home.
  for (const unit of ['kinkeeper-host', 'kinkeeper-host-facts', 'kinkeeper-host-posture', 'kinkeeper-host-resume'])
    expect(textOf(`/${unit}.service.d/kinkeeper-podman.conf`), unit).toMatch(
      /\[Service\]\nProtectHome=tmpfs\nBindReadOnlyPaths=-\/run\/user\/1000\/podman\n$/,
    );
  expect(plan.account).toEqual({ uid: 110_000, gid: 210_000 });
  // Root's `docker` is the account's Podman: in log-in shells by itself, and in all others by what set-up has people type.
  expect(textOf('/etc/profile.d/kinkeeper.sh')).toContain('. /opt/kinkeeper/config/deploy/engine.sh;');
  expect(shellLine(plan, '/opt/kinkeeper', 'doctor')).toBe(
    `cd /opt/kinkeeper && DOCKER_HOST=unix://${SOCKET} docker compose exec ops kinkeeper doctor`,
  );
  // The bot changes people’s passwords by it.
  expect(plan.adminToken!.file.owner).toEqual({ uid: 110_000, gid: 210_000 });
});

test('the product takes the settings of containers', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kin-plan-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const { files, settingsFile } = planned({ ...COMPOSE, profiles: ['qdrant'] }, CHECKOUT);
  const file = join(folder, 'kinkeeper.yaml');
  writeFileSync(file, files.find(({ path }) => path === settingsFile)!.content);
  expect(loadConfig({ file, env: {}, secrets: [] }).config).toMatchObject({
    stateDir: '/data/state',
    homeserver: { kind: 'postgres' },
    store: { kind: 'qdrant' },
    answering: { kind: 'ollama', model: 'qwen3:4b' },
  });
});

test('an authority of the household’s own is named in the settings, and not with a certificate of everybody’s', () => {
  const doorOf = (certificate: unknown, settings = '') => {
    const plan = planned({ ...COMPOSE, certificate }, { ...CHECKOUT, settings });
    const { content } = plan.files.find(({ path }) => path === plan.settingsFile)!;
    return { content, door: parse(content).door as unknown };
  };
  const address = 'https://chat.home.example';
  const own = doorOf('own-ca');
  expect(own.door).toEqual({ address, authorityFile: '/config/tls-authority.pem' });
  const taken = { chain: '/etc/chain.pem', key: '/etc/key.pem' };
  expect(doorOf(taken).door).toEqual({ address });
  expect(doorOf(taken, own.content).door, 'it goes with the authority').toEqual({ address });
});

test('a household whose certificate was made before its authority was kept gets it made again', () => {
  const { acts } = planned({ ...COMPOSE, certificate: 'own-ca' }, CHECKOUT);
  const before = { act: 'certificate', key: 'chat.home.example' };
  expect(acts.map(({ act }) => act)).toContain('certificate');
  expect(acts).not.toContainEqual(before);
});

test('an update changes the image in .env: set-up keeps it, and has nothing to do again', () => {
  const before = planned(COMPOSE, CHECKOUT);
  const env = before.files.find(({ path }) => path.endsWith('/.env'))!.content;
  expect(env).toContain('KINKEEPER_VERSION=1.2.3');
  const updated = env.replace('1.2.3', '1.3.0').replace('sha256:1', 'sha256:2');
  const after = planned(COMPOSE, { ...CHECKOUT, env: updated });
  expect(after.files.find(({ path }) => path.endsWith('/.env'))!.content).toBe(updated);
  expect(after.acts).toEqual(before.acts);
});

test('images that were pinned by their digests stay so, whoever pinned them', () => {
  const pinned = `SYNAPSE_IMAGE=matrixdotorg/synapse:v1.163.0@sha256:${'1'.repeat(64)}\nNGINX_IMAGE=registry.example/nginx:1\n`;
  const envOf = (env: string) =>
    planned(COMPOSE, { ...CHECKOUT, env }).files.find(({ path }) => path.endsWith('/.env'))!.content;
  // As pin-images.sh leaves it: behind what set-up wrote.
  const after = envOf('') + pinned;
  expect(envOf(after)).toBe(after);
});

test('an image of the checkout has the version of the checkout, one that an update brought its own', () => {
  const envOf = (env: string) =>
    planned(COMPOSE, { ...CHECKOUT, env, version: '0.2.0' }).files.find(({ path }) => path.endsWith('/.env'))!.content;
  expect(envOf('')).toContain('KINKEEPER_VERSION=0.2.0\n');
  expect(envOf('KINKEEPER_VERSION=0.1.0\n')).toMatch(/KINKEEPER_VERSION=0\.2\.0\n(?!.*KINKEEPER_VERSION)/s);
  expect(envOf('KINKEEPER_IMAGE=k@sha256:1\nKINKEEPER_VERSION=1.2.3\n')).toContain('KINKEEPER_VERSION=1.2.3\n');
});

test.each([
  ['for everybody', { reach: 'internet', devices: [] }, '0.0.0.0'],
  ['in the VPN', {}, '10.77.0.1'],
  ['for this machine', { devices: [] }, '127.0.0.1'],
])('without IPv6 the door listens at one address: %s', (_name, more, address) => {
  const plan = planned({ ...COMPOSE, ...more }, { ...CHECKOUT, hasIpv6: false });
  const env = plan.files.find(({ path }) => path.endsWith('/.env'))!.content;
  expect(env).toContain(`KINKEEPER_ADDRESS=${address}\nKINKEEPER_ADDRESS6=${address}\nKINKEEPER_IPV6=false\n`);
  const later = planned({ ...COMPOSE, ...more }, { ...CHECKOUT, env }).files;
  expect(later.find(({ path }) => path.endsWith('/.env'))!.content).not.toContain('IPV6=');
});

test('what a person added to the settings of the host helper stays; set-up’s own lines are put back', () => {
  const confOf = (hostSettings: string) =>
    planned(COMPOSE, { ...CHECKOUT, hostSettings }).files.find(({ path }) => path.endsWith('/kinkeeper-host.conf'))!
      .content;
  const mine = `${confOf('')}keyring=/etc/kinkeeper/releases.gpg\ngate_seconds=900\n`;
  expect(confOf(mine)).toBe(mine);
  expect(confOf(mine.replace('deployment=compose', 'deployment=none'))).toBe(mine);
});

test('a profile and a model that are switched off leave no line in .env; those of others stay', () => {
  const envOf = (more: object, env: string) =>
    planned({ ...COMPOSE, ...more }, { ...CHECKOUT, env }).files.find(({ path }) => path.endsWith('/.env'))!.content;
  const full = envOf({ profiles: ['monitoring'] }, 'BOT_MEMORY=3g\n');
  expect(full).toMatch(/^BOT_METRICS=0\.0\.0\.0:9465\n[\s\S]*^OLLAMA_MEMORY=/m);
  expect(full.endsWith('\nBOT_MEMORY=3g\n')).toBe(true);
  const less = envOf({ profiles: [], model: 'none' }, full);
  expect(less).not.toMatch(/METRICS|OLLAMA_MEMORY/);
  expect(less).toContain('\nBOT_MEMORY=3g\n');
  for (const [, name] of full.matchAll(/^([A-Z0-9_]+)=/gm))
    expect(less.match(new RegExp(`^${name}=`, 'gm'))?.length ?? 0).toBeLessThan(2);
});

test('the templates of the product are filled, all of them', () => {
  const answers = checkAnswers(COMPOSE, 'test');
  const plan = planSetup(answers, { ...ROOT, ...readTemplates(answers, PRODUCT) });
  const configs = plan.files.filter(({ path }) => path.startsWith('/srv/kinkeeper/config/'));
  for (const { path, content } of configs) expect(content, path).not.toMatch(/\{\{[A-Za-z]+\}\}/);
  const textOf = (end: string) => plan.files.find(({ path }) => path.endsWith(end))!.content;
  // Docker’s own: no other one knows the names of containers.
  for (const name of ['nginx/nginx.conf', 'nginx/ollama.conf']) expect(textOf(name)).toContain('resolver 127.0.0.11 ');
  const net = /^KINKEEPER_NET=(.+)$/m.exec(textOf('/.env'))![1]!;
  expect(textOf('synapse/homeserver.yaml')).toContain(`"${net}2.8"`);
  const paths = plan.files.map(({ path }) => path);
  expect(paths).toEqual(
    expect.arrayContaining(['/srv/kinkeeper/config/nginx/nginx.conf', '/usr/lib/kinkeeper-host/kinkeeper-host']),
  );
});

/** The settings file of a plan, where this stands there already. */
function settingsOf(answers: object, { settings = '', done = {} }: Partial<PlanFacts> = {}): string {
  const plan = planned(answers, { ...ROOT, settings, done });
  return plan.files.find(({ path }) => path === plan.settingsFile)!.content;
}

test('what a person added to the settings stays, in their words; set-up’s own lines are put back', () => {
  const own = settingsOf(BARE)
    .replace('people:\n', 'people: # the Smiths\n  - { id: "@oma:home.example", role: member, language: de }\n')
    .replace('opsRoom: "auto"', 'opsRoom: "!other:home.example"')
    .replace('backup:\n', 'backup:\n  remotes: [{ name: nas, kind: folder, path: /mnt/nas }]\n');
  const mine = `${own}alerts: # tell me\n  mail: { to: ada@home.example }\n`;
  const done = { accounts: '@kin:home.example @ada:home.example @ben:home.example' };
  const after = settingsOf(BARE, { settings: mine, done });
  expect(parse(after)).toEqual(parse(mine.replace('opsRoom: "!other:home.example"', 'opsRoom: "auto"')));
  for (const comment of ['# the Smiths', '# tell me']) expect(after).toContain(comment);
  expect(settingsOf(BARE, { settings: after, done })).toBe(after);
});

test('what the answers take back goes: a person, backups, the right over accounts; not what somebody else wrote there', () => {
  const done = { accounts: '@kin:home.example @ada:home.example @ben:home.example' };
  const less = { ...BARE, people: [{ name: 'ada', role: 'admin' }], backupKey: 'none', makesAccounts: false };
  const whole = settingsOf(BARE).replace('people:\n', 'people:\n  - id: "@oma:home.example"\n');
  const after = settingsOf(less, { settings: whole, done });
  for (const gone of ['@ben', 'recipientsFile', 'adminTokenFile']) expect(after).not.toContain(gone);
  expect(after).toContain('@oma:home.example');
  const other = whole.replace('/srv/kinkeeper/secrets/homeserver-admin-token', '/root/token');
  expect(settingsOf(less, { settings: other, done })).toContain('adminTokenFile: "/root/token"');
});

test('a section of another kind leaves nothing behind that its kind does not take', () => {
  const named = settingsOf({ ...BARE, model: 'qwen3:4b' }).replace(
    'model: "qwen3:4b"',
    'model: "qwen3:4b"\n  contextTokens: 8192',
  );
  expect(settingsOf({ ...BARE, model: 'qwen3:4b' }, { settings: named })).toContain('contextTokens: 8192');
  expect(settingsOf({ ...BARE, model: 'none' }, { settings: named })).toBe(settingsOf({ ...BARE, model: 'none' }));
});

test('settings that cannot be read are left as they are, and named', () => {
  expect(() => settingsOf(BARE, { settings: 'people: [\n' })).toThrow('no valid settings file');
  expect(() => settingsOf(BARE, { settings: 'just words\n' })).toThrow('no valid settings file');
});
