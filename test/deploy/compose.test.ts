import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { dockerFolder } from '../lab/docker/engine.ts';
import { DOOR, LEAD_OUT, PROMISED } from './promises.ts';

// What docker-compose.yml says, service by service. `npm run prove:compose` looks at running containers.

const REPO = fileURLToPath(new URL('../../', import.meta.url));
const TEXT = readFileSync(`${REPO}docker-compose.yml`, 'utf8');
const README = readFileSync(`${REPO}config/deploy/README.md`, 'utf8');

interface Service {
  readonly image: string;
  readonly user?: string;
  readonly read_only?: boolean;
  readonly cap_drop?: string[];
  readonly cap_add?: string[];
  readonly security_opt?: string[];
  readonly volumes?: {
    type: string;
    source: string;
    target: string;
    read_only?: boolean;
    bind: { create_host_path: boolean };
  }[];
  readonly networks: string[] | Record<string, unknown>;
  readonly ports?: string[];
  readonly profiles?: string[];
  readonly [key: string]: unknown;
}
const compose = parse(TEXT, { merge: true }) as {
  services: Record<string, Service>;
  networks: Record<string, { internal?: boolean | string; driver_opts?: Record<string, string> } | null>;
};
const services = Object.entries(compose.services);

test('has exactly the services that are promised', () => {
  expect(services.map(([name]) => name).sort()).toEqual(Object.keys(PROMISED).sort());
});

describe.each(services)('%s', (name, service) => {
  const promised = PROMISED[name]!;

  test('holds no right that it does not need', () => {
    expect(service.user ?? '').toBe(promised.user);
    expect(service.cap_drop).toEqual(['ALL']);
    expect((service.cap_add ?? []).sort()).toEqual([...promised.caps].sort());
    expect(service.security_opt).toEqual(['no-new-privileges:true']);
    for (const key of [
      'privileged',
      'devices',
      'network_mode',
      'pid',
      'userns_mode',
      'cgroup',
      'uts',
      'sysctls',
      'env_file',
    ])
      expect(service).not.toHaveProperty(key);
    expect(service.ipc).toBe('private');
  });

  test('writes only where it has to, and nothing of the host but its own folders is in it', () => {
    expect(service.read_only).toBe(true);
    const writable = (service.volumes ?? []).filter((one) => one.read_only !== true).map((one) => one.target);
    expect(writable.sort()).toEqual([...promised.writes].sort());
    for (const { type, source, bind } of service.volumes ?? []) {
      expect(type).toBe('bind');
      expect(source).toMatch(
        /^\$\{KINKEEPER_(DATA:-\/srv\/kinkeeper\}\/[a-z/_.-]+|SPOOL:-\/var\/lib\/kinkeeper-spool\})$/,
      );
      expect(source).not.toMatch(/docker\.sock/);
      // A folder in place of a file that is missing would be found late.
      expect(bind.create_host_path).toBe(false);
    }
    for (const one of (service.tmpfs as string[] | undefined) ?? [])
      expect(one).toMatch(/:size=\d+m,mode=\d+.*nosuid,nodev$/);
  });

  test('has limits, and is looked after', () => {
    expect(service.mem_limit).toMatch(/\d[mg]\}?$/);
    expect(service.pids_limit).toBeGreaterThan(0);
    expect(service.logging).toEqual({ driver: 'json-file', options: { 'max-size': '10m', 'max-file': '5' } });
    expect(service.restart).toBe(promised.once ? 'no' : 'unless-stopped');
    expect(service.init).toBe(true);
    // The image of the product has one of its own; that of Prometheus holds no program for it.
    if (!promised.once && !['bot', 'ops', 'prometheus'].includes(name)) expect(service.healthcheck).toBeDefined();
  });

  test('is in the networks that are promised, and in no other', () => {
    const names = Array.isArray(service.networks) ? service.networks : Object.keys(service.networks);
    expect(names.sort()).toEqual([...promised.networks].sort());
    expect(service.profiles ?? []).toEqual(promised.profile ? [promised.profile] : []);
  });

  test('is seen from outside only if it is the door', () => {
    expect(service.ports !== undefined).toBe(name === 'nginx');
    expect(service).not.toHaveProperty('expose');
  });

  test('has an image of an exact version', () => {
    expect(service.image).toMatch(
      /^\$\{[A-Z]+_IMAGE:-([a-z./-]+:[a-z0-9.-]*\d[a-z0-9.-]*(@sha256:[0-9a-f]{64})?|kinkeeper:local)\}$/,
    );
  });
});

test('only two networks lead out, and what is behind the door gets no answer through it', () => {
  const open = Object.entries(compose.networks).filter(([, network]) => network?.internal !== true);
  expect(open.map(([name]) => name).sort()).toEqual([DOOR, ...LEAD_OUT].sort());
  expect(compose.networks.edge!.driver_opts).toEqual({
    'com.docker.network.bridge.enable_ip_masquerade': 'false',
    'com.docker.network.bridge.enable_icc': 'false',
  });
});

test('the bot, the index, the database and what runs models have no way out', () => {
  for (const name of ['bot', 'postgres', 'ollama', 'ollama-gate', 'qdrant', 'element', 'prometheus'])
    expect(PROMISED[name]!.networks.filter((one) => [DOOR, ...LEAD_OUT].includes(one as never))).toEqual([]);
});

test('a homeserver that is ill keeps nobody from starting bot and ops, as the host helper does when it goes back', () => {
  for (const name of ['bot', 'ops'])
    expect(compose.services[name]!.depends_on).toEqual({ synapse: { condition: 'service_started' } });
  expect(compose.services.synapse!.depends_on).toEqual({ postgres: { condition: 'service_healthy' } });
});

/** With what it means in Compose: this, in place of all that stood there. */
const override = { tag: '!override', collection: 'seq' as const, resolve: (value: unknown) => value };
const changed = (name: string) =>
  parse(readFileSync(`${REPO}config/deploy/${name}.yml`, 'utf8'), { customTags: [override] }) as {
    services: Record<string, Record<string, unknown>>;
    volumes: Record<string, { driver_opts: Record<string, string> }>;
  };
const changes = (name: string) => changed(name).services;

test('for Podman only the words for memory with an owner are others, and where the forwarder listens', () => {
  const named = (name: string) =>
    Object.entries(changes(name)).map(([service, own]) => `${service}: ${Object.keys(own).sort().join()}`);
  expect(named('podman')).toEqual(['nginx: tmpfs,volumes', 'ollama-gate: tmpfs', 'element: tmpfs', 'postgres: tmpfs']);
  expect(named('podman-rootless')).toEqual(['nginx: ports']);
});

test('for Podman the door alone is published, at its two ports, and memory holds no program, device or right', () => {
  expect(changes('podman-rootless').nginx!.ports).toEqual(['8443:8443', '8080:8080']);
  const inMemory = Object.values(changes('podman')).flatMap(({ tmpfs, volumes }) => [
    ...(tmpfs as string[]),
    ...((volumes as string[] | undefined) ?? []),
  ]);
  expect(inMemory).toHaveLength(8);
  for (const one of inMemory) expect(one).toMatch(/[:,]noexec,nosuid,nodev$/);
  expect(changed('podman').volumes['nginx-cache']!.driver_opts).toMatchObject({
    ...{ type: 'tmpfs', o: expect.stringMatching(/^size=\d+m,mode=0700,.*,noexec,nosuid,nodev$/) },
  });
});

test('no secret stands in it', () => {
  for (const [, { environment }] of services)
    for (const [key, value] of Object.entries((environment as Record<string, string>) ?? {}))
      if (/password|secret|token|key/i.test(key)) expect(value).toMatch(/^\/run\/secrets\/|^[A-Z_]*$/);
});

test('each variable and each place of the host is explained', () => {
  for (const [, name] of TEXT.matchAll(/\$\{([A-Z0-9_]+)/g)) expect(README, name).toContain(name);
  for (const [, place] of TEXT.matchAll(/kinkeeper\}\/([a-z/_.]+)"/g)) {
    const [top, second] = place!.split('/');
    expect(README, place).toContain(
      second === undefined || top === 'config' || top === 'logs' ? top : `${top}/${second}`,
    );
  }
});

test('each template is filled by what the README names, and says which file it is', () => {
  const folders = ['', 'nginx/', 'synapse/', 'element/', 'monitoring/'];
  const files = folders.flatMap((folder) =>
    readdirSync(`${REPO}config/deploy/${folder}`, { withFileTypes: true })
      .filter((one) => one.isFile() && !/\.(md|sh)$/.test(one.name))
      .map((one) => `${folder}${one.name}`),
  );
  for (const file of files) {
    const text = readFileSync(`${REPO}config/deploy/${file}`, 'utf8');
    for (const [, name] of text.matchAll(/\{\{(\w+)\}\}/g))
      expect(README, `${file}: ${name}`).toMatch(new RegExp(`\\| .*\\b${name}\\b`));
  }
});

/** Compose itself, as a plugin of docker or as the laboratory has it. It needs no engine for reading. */
const composeProgram = [['docker', 'compose'], [join(dockerFolder(), 'bin/docker-compose')]].find(
  ([program, ...args]) =>
    (args.length > 0 || existsSync(program!)) && spawnSync(program!, [...args, 'version']).status === 0,
);
if (composeProgram === undefined)
  console.log('Left out: Compose is not here, so it does not read docker-compose.yml itself.');

/** The whole of a file, as Compose understands it. */
function read(env: Record<string, string>, file = 'docker-compose.yml') {
  const [program, ...args] = [...composeProgram!, '-f', `${REPO}${file}`, '--env-file', '/dev/null'];
  const all = ['--profile', '*', 'config', '--format', 'json'];
  const said = execFileSync(program!, [...args, ...all], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, ...env },
  });
  return JSON.parse(said) as typeof compose & {
    services: Record<string, { environment: Record<string, string | null> }>;
  };
}

test.runIf(composeProgram !== undefined)('Compose reads it as it is meant, with an .env and without', () => {
  const bare = read({});
  expect(Object.keys(bare.services).sort()).toEqual(Object.keys(PROMISED).sort());
  expect(bare.networks.push!.internal ?? false).toBe(false);
  expect(bare.services.bot!.environment.KINKEEPER_METRICS_BOT).toBe('');
  expect(bare.services.nginx!.ports).toMatchObject([443, 80, 443, 80].map((port) => ({ published: String(port) })));
  for (const { host_ip } of bare.services.nginx!.ports as unknown as { host_ip: string }[])
    expect(['127.0.0.1', '::1']).toContain(host_ip);
  const told = read({
    KINKEEPER_NO_PUSH: 'true',
    KINKEEPER_DATA: '/mnt/family',
    KINKEEPER_IMAGE: 'registry.test/k@sha256:0',
    BOT_MEMORY: '3g',
  });
  expect(told.networks.push!.internal).toBe(true);
  expect(told.services.bot).toMatchObject({ image: 'registry.test/k@sha256:0', mem_limit: String(3 * 2 ** 30) });
  expect(told.services.synapse!.volumes!.map((one) => one.source)).toContain('/mnt/family/synapse');
});

test.runIf(composeProgram !== undefined)('for Podman it reads the same, in words that Podman takes', () => {
  const docker = read({});
  for (const [file, ports] of [
    ['docker-compose.podman.yml', ['443', '80', '443', '80']],
    ['docker-compose.podman-rootless.yml', ['8443', '8080']],
  ] as const) {
    const podman = read({}, file);
    for (const [name, service] of Object.entries(docker.services)) {
      const { tmpfs, volumes, ports: own, ...same } = podman.services[name]!;
      expect(service, name).toMatchObject(same);
      expect(JSON.stringify(tmpfs ?? []), name).not.toMatch(/[ug]id=/);
      expect(
        volumes!.filter(({ type }) => type === 'bind'),
        name,
      ).toEqual(service.volumes);
    }
    expect(podman.services.nginx!.ports).toMatchObject(ports.map((published) => ({ published })));
    expect(podman.networks).toEqual(docker.networks);
  }
});
