import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { sayEvidence } from '../../../core/wording/checklist/evidence/say-evidence.ts';
import { judgeHost } from '../../../ops/posture/judge-host.ts';
import { HOST_CHECKS } from '../../../ops/posture/lines/index.ts';
import { IN_DOCKER } from '../fixes/host-kinds.ts';
import { container, postureOf, sources } from './good-host.ts';

// The lines about containers, of a household that is exactly docker-compose.yml: what it asks of Docker is what Docker tells.

const TEXT = readFileSync(new URL('../../../docker-compose.yml', import.meta.url), 'utf8');
/** `.env` of the household. */
type Env = Readonly<Record<string, string>>;

interface Service {
  readonly image: string;
  readonly user?: string;
  readonly profiles?: readonly string[];
  readonly cap_add?: readonly string[];
  readonly cap_drop: readonly string[];
  readonly read_only: boolean;
  readonly security_opt: readonly string[];
  readonly mem_limit: string;
  readonly pids_limit: number;
  readonly restart: string;
  readonly networks: Readonly<Record<string, unknown>> | readonly string[];
  readonly logging: { readonly driver: string; readonly options: { readonly 'max-size': string } };
  readonly ports?: readonly string[];
  readonly volumes?: readonly { readonly source: string; readonly target: string; readonly read_only?: boolean }[];
}

function household(env: Env = {}) {
  const filled = TEXT.replace(
    /\$\{([A-Z0-9_]+):-([^}]*)\}/g,
    (_, name: string, otherwise: string) => env[name] ?? otherwise,
  );
  const { services } = parse(filled, { merge: true }) as { services: Readonly<Record<string, Service>> };
  const all = Object.entries(services).filter(
    ([, { profiles = [] }]) => !profiles.includes('models') && !profiles.includes('restore'),
  );
  const folders = all.flatMap(([, { volumes }]) => (volumes ?? []).map(({ source }) => source));
  return postureOf({
    containers: all.map(([name, service]) => told(name, service)).join('\n'),
    'mount-sources': sources(...new Set(folders)),
  });
}

function told(name: string, service: Service): string {
  const bound = Object.fromEntries(
    (service.ports ?? []).map((port) => {
      const [, ip, outer, inner] = /^(.*):(\d+):(\d+)$/.exec(port)!;
      return [`${inner}/tcp/${ip}`, [{ HostIp: ip, HostPort: outer }]];
    }),
  );
  return container({
    ...{ name: `/kinkeeper-${name}-1`, service: name, image: service.image, user: service.user ?? '' },
    ...{ capAdd: service.cap_add ?? null, capDrop: service.cap_drop, readOnly: service.read_only },
    ...{ security: service.security_opt, pids: service.pids_limit, restart: service.restart },
    memory: Number.parseInt(service.mem_limit, 10),
    network: `kinkeeper_${[service.networks].flat().length}`,
    ...{ log: service.logging.driver, logSize: service.logging.options['max-size'] },
    ...{ ports: bound, bindings: bound },
    mounts: (service.volumes ?? []).map(({ source, target, read_only }) => ({
      ...{ type: 'bind', source, to: target, rw: !read_only, propagation: 'rprivate' },
    })),
  });
}

function failing(env: Env = {}) {
  const lines = HOST_CHECKS.filter(({ reads }) => reads.includes('containers'));
  return judgeHost(lines, { posture: household(env) }, IN_DOCKER).filter(({ verdict }) => verdict !== 'pass');
}

test('all pass but one: images that are named by a version alone, and the line says what pins them', () => {
  const [images, ...others] = failing();
  expect(others).toEqual([]);
  expect(images).toMatchObject({ id: 'container-images', verdict: 'fail' });
  expect(sayEvidence('en', images!.evidence)).toMatch(/^kinkeeper-synapse-1: matrixdotorg\/synapse:v[\d.]+; /);
  expect(images!.fix).toMatch(/^\/opt\/kinkeeper\/config\/deploy\/pin-images\.sh \/opt\/kinkeeper && /);
});

test('with what pin-images.sh writes to .env that one passes too', () => {
  const byVersion = [...TEXT.matchAll(/\$\{([A-Z]+_IMAGE):-([^}@]*)\}/g)].filter(
    ([, , image]) => image !== 'kinkeeper:local',
  );
  const env = Object.fromEntries(byVersion.map(([, name, image]) => [name!, `${image}@sha256:${'b'.repeat(64)}`]));
  expect(failing(env)).toEqual([]);
});
