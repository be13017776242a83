import { describe, expect, test } from 'vitest';
import { PROMISED } from '../deploy/promises.ts';
import { noEngineBecause } from '../lab/docker/engine.ts';
import type { Container } from './compose/compose-household.ts';
import { judgeContainer } from './compose/judge-container.ts';
import { promisedReach } from './compose/reach.ts';
import { composeCampaign } from './compose-campaign.ts';

// What `npm run prove:compose` holds a running container against, and the campaign itself, small, where an engine can be had.

const why = noEngineBecause();
if (why !== undefined) console.log(`Left out: no Docker engine can be started: ${why}.`);

/** Images, a set-up, a restore and two updates, where others work, too. */
const PATIENCE = 60 * 60_000;

/** As `docker inspect` shows the bot when all is well. */
const BOT = {
  Config: {
    User: '10001:10001',
    Image: 'kinkeeper:local',
    Env: ['TZ=UTC', 'POSTGRES_PASSWORD_FILE=/run/secrets/password'],
    Labels: {},
  },
  HostConfig: {
    ...{
      CapDrop: ['ALL'],
      CapAdd: null,
      Privileged: false,
      ReadonlyRootfs: true,
      SecurityOpt: ['no-new-privileges:true'],
    },
    ...{ PidMode: '', IpcMode: 'private', UTSMode: '', Devices: null, RestartPolicy: { Name: 'unless-stopped' } },
    ...{ Memory: 2 ** 31, PidsLimit: 256, LogConfig: { Config: { 'max-file': '5', 'max-size': '10m' } } },
  },
  Mounts: [
    { Type: 'bind', Source: '/srv/kinkeeper/state', Destination: '/data/state', RW: true },
    { Type: 'bind', Source: '/srv/kinkeeper/secrets/bot-login', Destination: '/run/secrets-bot', RW: true },
    { Type: 'bind', Source: '/srv/kinkeeper/config', Destination: '/config', RW: false },
  ],
  NetworkSettings: {
    Ports: { '8765/tcp': null },
    Networks: Object.fromEntries(
      ['kinkeeper_api', 'kinkeeper_index', 'kinkeeper_matrix', 'kinkeeper_models'].map((name) => [name, {}]),
    ),
  },
};

const judge = (changed: object) => judgeContainer('bot', PROMISED.bot!, { ...BOT, ...changed } as unknown as Container);
const host = (changed: object) => ({ HostConfig: { ...BOT.HostConfig, ...changed } });
const mounts = (more: object) => ({
  Mounts: [...BOT.Mounts, { Type: 'bind', Source: '/x', Destination: '/x', RW: false, ...more }],
});

test('a container that is as promised has no fault', () => {
  expect(judge({})).toEqual([]);
});

test.each([
  ['user', { Config: { ...BOT.Config, User: '' } }],
  ['secrets in its environment', { Config: { ...BOT.Config, Env: ['BOT_PASSWORD=abc'] } }],
  ['dropped rights', host({ CapDrop: null })],
  ['added rights', host({ CapAdd: ['NET_ADMIN'] })],
  ['privileged', host({ Privileged: true })],
  ['read-only root', host({ ReadonlyRootfs: false })],
  ['security options', host({ SecurityOpt: ['no-new-privileges:true', 'seccomp=unconfined'] })],
  ['process space', host({ PidMode: 'host' })],
  ['ipc space', host({ IpcMode: 'host' })],
  ['host names', host({ UTSMode: 'host' })],
  ['devices', host({ Devices: [{}] })],
  ['restart', host({ RestartPolicy: { Name: 'no' } })],
  ['limit of memory', host({ Memory: 0 })],
  ['limit of processes', host({ PidsLimit: null })],
  ['limit of logs', host({ LogConfig: { Config: {} } })],
  ['what it may change', mounts({ RW: true })],
  ['kinds of mounts', mounts({ Type: 'volume' })],
  ['sockets of the engine', mounts({ Source: '/var/run/docker.sock' })],
  [
    'networks',
    { NetworkSettings: { ...BOT.NetworkSettings, Networks: { ...BOT.NetworkSettings.Networks, kinkeeper_out: {} } } },
  ],
  [
    'published',
    { NetworkSettings: { ...BOT.NetworkSettings, Ports: { '8765/tcp': [{ HostIp: '0.0.0.0', HostPort: '8765' }] } } },
  ],
])('%s: one that is not is named', (what, changed) => {
  expect(judge(changed)).toEqual([expect.stringMatching(`^bot: ${what} is `)]);
});

test('the bot reaches the homeserver, the gate of the models, and the door that everybody reaches', () => {
  expect(promisedReach('bot')).toEqual(['nginx', 'ollama-gate', 'synapse']);
  expect(promisedReach('ollama')).toEqual(['ollama-gate']);
  expect(promisedReach('nginx')).toEqual(['bot', 'synapse']);
  expect(promisedReach('ops')).toContain('outside');
});

describe.runIf(why === undefined)('on a real engine', () => {
  test(
    'a household is set up, used from outside, lost and restored, updated and brought back',
    async () => {
      const { figures, ok } = await composeCampaign({ seed: 1, scale: 0.1, say: () => {} });
      expect(figures.broken).toEqual([]);
      expect(ok).toBe(true);
    },
    PATIENCE,
  );
});
