import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadConfig } from '../../config/load.ts';
import { fillTemplate } from '../../core/fill-template.ts';
import { labHas, labPython } from '../lab/python-child.ts';
import { DEPLOY } from './door.ts';

// The settings that are shipped, read by the programs that they are for.

const VALUES = {
  ...{ publicHost: 'matrix.home.test', serverName: 'home.test', botName: 'kin', adminName: 'ada' },
  ...{ uploadMebibytes: '50', resolver: '127.0.0.11', net: '172.31.25', answering: 'extractive' },
};
const template = (name: string) => fillTemplate(readFileSync(join(DEPLOY, name), 'utf8'), VALUES);

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'kinkeeper-settings-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

function secret(name: string, content: string): void {
  writeFileSync(join(dir, name), content);
  chmodSync(join(dir, name), 0o400);
}

test('kinkeeper.yaml is whole: bot and ops start with it, and everything lies where docker-compose.yml puts it', () => {
  secret('bot-password', 'a password');
  secret('passphrase', 'a passphrase');
  secret('homeserver-connection', 'postgresql://synapse:p@postgres:5432/synapse');
  const file = join(dir, 'kinkeeper.yaml');
  writeFileSync(file, template('kinkeeper.yaml').replaceAll(/\/run\/secrets(-ops|-bot)?/g, dir));
  const { config } = loadConfig({ file, env: { KINKEEPER_API_LISTEN: '0.0.0.0:8765', KINKEEPER_METRICS_BOT: '' } });
  expect(config).toMatchObject({
    stateDir: '/data/state',
    matrix: { homeserver: 'http://synapse:8008', userId: '@kin:home.test' },
    people: [{ id: '@ada:home.test', role: 'admin' }],
    host: { spoolDir: '/var/lib/kinkeeper-spool' },
    backup: { localDir: '/data/backups' },
    api: { listen: { host: '0.0.0.0', port: 8765 } },
  });
});

const READ = `
import json, sys
from synapse.config.homeserver import HomeServerConfig
c = HomeServerConfig.load_config("", ["-c", sys.argv[1]])
print(json.dumps({
  "resources": [list(r.names) for l in c.server.listeners for r in l.http_options.resources],
  "binds": [l.bind_addresses for l in c.server.listeners],
  "registration": c.registration.enable_registration,
  "guests": c.registration.allow_guest_access,
  "secret": c.registration.registration_shared_secret,
  "federation": c.federation.federation_domain_whitelist,
  "sends": c.worker.send_federation,
  "keys": len(c.key.key_servers),
  "previews": c.media.url_preview_enabled,
  "encrypted": sorted(c.room.encryption_enabled_by_default_for_room_presets),
  "password": c.auth.password_policy,
  "retention": [c.retention.retention_enabled, c.retention.retention_default_max_lifetime],
  "upload": c.media.max_upload_size,
  "media": c.media.media_retention_local_media_lifetime_ms,
  "authenticated": c.media.enable_authenticated_media,
  "push": c.push.push_include_content,
  "public": [c.server.allow_public_rooms_without_auth, c.server.allow_public_rooms_over_federation],
  "login": [c.ratelimiting.rc_login_address.per_second, c.ratelimiting.rc_login_address.burst_count],
  "forwarded": [l.http_options.x_forwarded for l in c.server.listeners],
}))`;

if (!labHas('python')) console.log('Left out: Synapse is not here, so its settings are not read by it.');

test.runIf(labHas('python'))('homeserver.yaml means to Synapse itself what it says', () => {
  secret('registration', 'r-secret\n');
  secret('macaroon', 'm-secret\n');
  secret('form', 'f-secret\n');
  secret('signing.key', 'ed25519 a_lab1 1gVb0D4PRfq8WTcXUMSGPqmEUZQnHHrYAkkZ4kKkZ2A\n');
  writeFileSync(join(dir, 'log.yaml'), template('synapse/log.yaml'));
  const settings = template('synapse/homeserver.yaml').replaceAll(/(?<=[ "])\/(run\/secrets|data|config)(?=\/)/g, dir);
  writeFileSync(join(dir, 'homeserver.yaml'), settings);
  const said = execFileSync(labPython('python'), ['-c', READ, join(dir, 'homeserver.yaml')], { encoding: 'utf8' });
  expect(JSON.parse(said)).toEqual({
    resources: [['client']],
    binds: [['127.0.0.1', '172.31.252.8', '172.31.253.8', '172.31.254.8']],
    registration: false,
    guests: false,
    secret: 'r-secret',
    federation: {},
    sends: false,
    keys: 0,
    previews: false,
    encrypted: ['private_chat', 'public_chat', 'trusted_private_chat'],
    password: { enabled: true, minimum_length: 15 },
    retention: [true, 3 * 365 * 86_400_000],
    upload: 50 * 2 ** 20,
    media: 365 * 86_400_000,
    authenticated: true,
    push: false,
    public: [false, false],
    login: [0.003, 5],
    forwarded: [true],
  });
});
