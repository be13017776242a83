import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ConfigError } from '../../config/config-error.ts';
import { type LoadOptions, loadConfig, loadLocalConfig } from '../../config/load.ts';
import { SETTING_KEYS, variableOf } from '../../config/settings.ts';
import { LANGUAGES } from '../../core/caller.ts';
import { CONFIRMED_JOBS, JOB_NAMES } from '../../core/job.ts';
import { DEFAULT_POLICY } from '../../core/retention/policy.ts';

const MINIMAL = 'matrix: { homeserver: "http://127.0.0.1:8008", userId: "@kin:home.test" }\n';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kin-config-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function file(yaml: string): string {
  const path = join(folder, 'kinkeeper.yaml');
  writeFileSync(path, yaml);
  return path;
}

function secretFile(name: string, content: string, mode = 0o600): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
}

function load(yaml: string, env: NodeJS.ProcessEnv = {}) {
  return loadConfig({ file: file(yaml), env });
}

function faults(run: () => unknown): string[] {
  try {
    run();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.faults.map((fault) => `${fault.key}: ${fault.problem}`);
  }
  return [];
}

describe('values', () => {
  test('two settings are enough; the rest has its fallback, and paths start at the file', () => {
    const { config, secrets } = load(MINIMAL);
    expect(config).toEqual({
      stateDir: join(folder, 'state'),
      log: 'info',
      people: [],
      store: { kind: 'sqlite' },
      embedding: { kind: 'auto', modelsDir: join(folder, 'models') },
      answering: { kind: 'auto' },
      limits: {
        fileBytes: 52_428_800,
        pagesPerFile: 2000,
        extractSeconds: 60,
        ocr: { languages: ['eng', 'deu'], pages: 200 },
      },
      door: { address: undefined, authorityFile: undefined },
      erase: { coolingOffMs: 72 * 3_600_000, afterRemovalMs: 30 * 86_400_000 },
      retention: DEFAULT_POLICY,
      api: {
        listen: { host: '127.0.0.1', port: 8765 },
        proxies: ['127.0.0.0/8', '::1', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
      },
      host: {},
      update: { kind: 'none' },
      modelRegistry: 'https://registry.ollama.ai',
      backup: {
        localDir: join(folder, 'backups'),
        keep: { last: 3, daily: 7, weekly: 4, monthly: 6 },
        remotes: [],
        daysAt: {},
      },
      homeserver: { kind: 'none' },
      metrics: { bot: 'off', ops: 'off' },
      alerts: { from: 'critical' },
      jobs: {
        health: '*/5 * * * *',
        backup: '15 3 * * *',
        drill: '45 3 * * *',
        audit: '20 4 * * *',
        send: '35 * * * *',
        sendBeside: '*/5 * * * *',
        digest: '0 18 * * 0',
        hostUpdates: '40 4 * * *',
        update: '',
        evidence: '',
        rehearsal: '',
        checklist: '25 * * * *',
        sshHostKeys: '',
        wireguard: '',
      },
      matrix: { homeserver: 'http://127.0.0.1:8008', userId: '@kin:home.test', opsRoom: 'auto' },
    });
    expect(secrets).toEqual({
      matrixPassword: undefined,
      passphrase: undefined,
      storeApiKey: undefined,
      embeddingApiKey: undefined,
      answeringApiKey: undefined,
      homeserverConnection: undefined,
      homeserverAdminToken: undefined,
      mailPassword: undefined,
      webhookToken: undefined,
      remotes: new Map(),
    });
  });

  test('proxies in front of the API are addresses and networks, or none', () => {
    const proxies = (value: string) => load(`${MINIMAL}api: { proxies: ${value} }\n`).config.api.proxies;
    expect(proxies('[172.20.0.2, "fd00::/64"]')).toEqual(['172.20.0.2', 'fd00::/64']);
    expect(proxies('"10.1.2.3, 10.0.0.0/8"')).toEqual(['10.1.2.3', '10.0.0.0/8']);
    expect(proxies('""')).toEqual([]);
    for (const wrong of ['nginx', '10.0.0.0/33', '10.0.0/8', '"::1/129"', '[10.0.0.1, x]']) {
      expect(() => proxies(wrong), wrong).toThrow(/api\.proxies/);
    }
  });

  test('remotes: paths start at the file, and secrets are opened for who sends', () => {
    for (const name of ['ssh', 'access', 'secret']) secretFile(name, `word of ${name}`);
    writeFileSync(join(folder, 'known'), '');
    const yaml = `${MINIMAL}backup:
  localDir: kept
  keep: { daily: 14 }
  remotes:
    - { name: usb, kind: folder, path: usb, mustBeMount: true }
    - { name: nas, kind: rsync, target: "kin@nas:backups", port: 2222, sshKeyFile: ./ssh, knownHostsFile: ./known, addOnly: true, keptDays: 200 }
    - { name: box, kind: sftp, target: "kin@[fd00::1]:", sshKeyFile: ./ssh, knownHostsFile: ./known, bandwidthKiB: 500 }
    - { name: cloud, kind: s3, endpoint: "https://s3.example", region: eu-1, bucket: kin, prefix: b/, accessKeyFile: ./access, secretKeyFile: ./secret }
`;
    const { config, secrets } = load(yaml);
    expect(config.backup).toMatchObject({
      localDir: join(folder, 'kept'),
      keep: { last: 3, daily: 14 },
      daysAt: { nas: 200 },
    });
    const [usb, nas, box, cloud] = config.backup.remotes;
    expect(usb).toEqual({ name: 'usb', kind: 'folder', path: join(folder, 'usb'), mustBeMount: true });
    expect(nas).toMatchObject({
      target: 'kin@nas:backups',
      sshKeyFile: join(folder, 'ssh'),
      port: 2222,
      keptDays: 200,
    });
    expect(box).toMatchObject({ kind: 'sftp', bandwidthKiB: 500, knownHostsFile: join(folder, 'known') });
    expect(cloud).toMatchObject({ endpoint: 'https://s3.example', secretKeyFile: join(folder, 'secret') });
    expect(secrets.remotes.get('cloud')?.secretKey.reveal()).toBe('word of secret');
    // The bot opens none of them.
    rmSync(join(folder, 'secret'));
    expect(loadConfig({ file: file(yaml), env: {}, secrets: ['passphrase'] }).secrets.remotes.size).toBe(0);
    expect(faults(() => load(yaml))).toEqual([
      `backup.remotes[3].secretKeyFile: there is no file ${join(folder, 'secret')}`,
    ]);
  });

  test('remotes: every wrong field is named, and secrets that stand in place of their path are not shown', () => {
    const yaml = `${MINIMAL}backup:
  remotes:
    - { name: local, kind: folder, path: usb, size: 3 }
    - { name: nas, kind: rsync, target: "-oProxyCommand=x@nas:", sshKeyFile: "./a%b", knownHostsFile: ./known, addOnly: true }
    - { name: nas, kind: s3, endpoint: "http://s3.example", region: eu-1, bucket: kin, accessKeyFile: AKIA123, secretKeyFile: hunter2 }
    - { name: ftp, kind: ftp }
    - nas
`;
    const said = faults(() => load(yaml));
    expect(said.map((line) => line.slice(0, line.indexOf(':')))).toEqual([
      'backup.remotes[0].size',
      'backup.remotes[0].name',
      'backup.remotes[1].target',
      'backup.remotes[1].sshKeyFile',
      'backup.remotes[1].keptDays',
      'backup.remotes[2].endpoint',
      'backup.remotes[2].accessKeyFile',
      'backup.remotes[2].secretKeyFile',
      'backup.remotes[3].kind',
      'backup.remotes[4]',
      'backup.remotes[2].name',
    ]);
    expect(said.join()).not.toMatch(/AKIA|hunter/);
    expect(said.at(-1)).toMatch(/expected each name once, given "nas"/);
  });

  test('remotes: a key that others can read is refused', () => {
    secretFile('ssh', 'key', 0o644);
    writeFileSync(join(folder, 'known'), '');
    const remote = '{ name: nas, kind: sftp, target: "kin@nas:b", sshKeyFile: ./ssh, knownHostsFile: ./known }';
    expect(faults(() => load(`${MINIMAL}backup: { remotes: [${remote}] }\n`))).toEqual([
      expect.stringMatching(/^backup.remotes\[0\].sshKeyFile: expected mode 600 or 400/),
    ]);
  });

  test.each([
    ['embedding: { kind: none }', { kind: 'none' }],
    ['embedding: { kind: ollama, url: "http://h:1/", model: m }', { kind: 'ollama', url: 'http://h:1', model: 'm' }],
    ['embedding: { kind: openai, url: "https://h/v1", model: m }', { kind: 'openai', url: 'https://h/v1', model: 'm' }],
    [
      'embedding: { kind: transformers, model: e5, modelsDir: /m }',
      { kind: 'transformers', model: 'e5', modelsDir: '/m' },
    ],
    [
      'embedding: { modelsDir: /m, downloadUrl: "https://hub.test/" }',
      { kind: 'auto', modelsDir: '/m', downloadUrl: 'https://hub.test' },
    ],
  ])('%s', (yaml, expected) => {
    expect(load(`${MINIMAL}${yaml}\n`).config.embedding).toEqual(expected);
  });

  test('a language model brings its context', () => {
    const yaml = `${MINIMAL}answering: { kind: ollama, url: "http://h:1", model: m }\n`;
    expect(load(yaml).config.answering).toEqual({ kind: 'ollama', url: 'http://h:1', model: 'm', contextTokens: 8192 });
  });

  test('people have a language of their own or English', () => {
    const yaml = `${MINIMAL}people: [{ id: "@ada:home.test", role: admin }, { id: "@b:h", role: member, language: de }]\n`;
    expect(load(yaml).config.people).toEqual([
      { id: '@ada:home.test', role: 'admin', language: 'en' },
      { id: '@b:h', role: 'member', language: 'de' },
    ]);
  });

  test('an empty text switches a job and the API off', () => {
    const { config } = load(`${MINIMAL}jobs: { health: "" }\napi: { listen: }\n`);
    expect([config.jobs.health, config.api.listen]).toEqual(['', 'off']);
  });

  test('the console needs no Matrix settings, but checks those that are there', () => {
    expect(loadLocalConfig({ file: file('stateDir: s\n'), env: {} }).config.matrix).toBeUndefined();
    expect(faults(() => loadLocalConfig({ file: file('matrix: { userId: kin }\n'), env: {} }))).toEqual([
      'matrix.userId: expected a user id such as "@ada:home.test", given "kin"',
    ]);
  });

  test('the table knows exactly the jobs and languages that the product has', () => {
    const jobs = SETTING_KEYS.filter((key) => key.startsWith('jobs.')).map((key) => key.slice(5));
    expect([...jobs, ...CONFIRMED_JOBS]).toEqual([...JOB_NAMES]);
    for (const language of LANGUAGES) {
      expect(faults(() => load(`${MINIMAL}people: [{ id: "@a:h", role: admin, language: ${language} }]\n`))).toEqual(
        [],
      );
    }
  });
});

describe('environment', () => {
  test('every setting has one variable of its own', () => {
    const names = SETTING_KEYS.map(variableOf);
    expect(new Set(names).size).toBe(SETTING_KEYS.length);
    expect(names).toContain('KINKEEPER_MATRIX_HOMESERVER');
    expect(names).toContain('KINKEEPER_LIMITS_FILE_BYTES');
  });

  test('a variable overrules the file, and is enough without one', () => {
    const env = {
      KINKEEPER_MATRIX_HOMESERVER: 'https://other.test',
      KINKEEPER_MATRIX_USER_ID: '@kin:home.test',
      KINKEEPER_LIMITS_PAGES_PER_FILE: '12',
      KINKEEPER_JOBS_HEALTH: '',
      KINKEEPER_PEOPLE: '[{"id":"@ada:home.test","role":"admin"}]',
      KINKEEPER_LOG: '',
    };
    for (const { config } of [load(MINIMAL, env), loadConfig({ env })]) {
      expect(config.matrix.homeserver).toBe('https://other.test');
      expect(config.limits.pagesPerFile).toBe(12);
      expect(config.jobs.health).toBe('');
      expect(config.people).toEqual([{ id: '@ada:home.test', role: 'admin', language: 'en' }]);
      expect(config.log).toBe('info');
    }
  });

  test('a kind from the environment silences what the file says for another kind', () => {
    const yaml = `${MINIMAL}embedding: { kind: openai, url: "http://h", model: m, apiKeyFile: ./none/here }\n`;
    expect(load(yaml, { KINKEEPER_EMBEDDING_KIND: 'none' }).config.embedding).toEqual({ kind: 'none' });
  });

  test('a mistyped variable is a fault with the likely name', () => {
    expect(faults(() => load(MINIMAL, { KINKEEPER_MATRIX_HOMSERVER: 'x' }))).toEqual([
      'KINKEEPER_MATRIX_HOMSERVER: unknown variable; did you mean KINKEEPER_MATRIX_HOMESERVER?',
    ]);
  });
});

describe('faults', () => {
  test.each<[string, string, string[]]>([
    [
      'mistyped setting',
      'limits: { fileByte: 5 }',
      ['limits.fileByte: unknown setting; did you mean limits.fileBytes?'],
    ],
    ['mistyped section', 'limit: { fileBytes: 5 }', ['limit: unknown setting; did you mean limits?']],
    ['nothing like it', 'zebra: 1', ['zebra: unknown setting']],
    [
      'unknown job',
      'jobs: { compost: "1 1 * * *" }',
      [
        'jobs.compost: unknown job; the jobs of this version are: health, backup, drill, send, sendBeside, audit, digest, hostUpdates, update, evidence, rehearsal, checklist',
      ],
    ],
    [
      'time that nobody may choose',
      'retention: { chat: 1 year, chatBounds: "7 days to 90 days" }',
      ['retention.chat: expected a time within retention.chatBounds (7 days to 90 days), given "1 year"'],
    ],
    [
      'bounds the wrong way round',
      'retention: { documentsBounds: "2 years to 30 days" }',
      [expect.stringMatching(/^retention.documentsBounds: expected two times such as/)],
    ],
    [
      'audit trail kept too short',
      'retention: { audit: 7 days }',
      ['retention.audit: expected a time such as "1 year", from 30 days on, given "7 days"'],
    ],
    [
      'mail without a host',
      'alerts: { mail: { to: ada@example.org } }',
      [expect.stringMatching(/^alerts.mail.host: missing/)],
    ],
    [
      'mail to nobody',
      'alerts: { mail: { host: smtp.example.org } }',
      [
        expect.stringMatching(/^alerts.mail.from: missing; expected a mail address/),
        expect.stringMatching(/^alerts.mail.to: missing; expected a mail address/),
      ],
    ],
    [
      'open mail over the net',
      'alerts: { mail: { host: smtp.example.org, security: none, from: a@example.org, to: b@example.org } }',
      [expect.stringMatching(/^alerts.mail.security: expected tls or starttls/)],
    ],
    [
      'no mail address',
      'alerts: { mail: { host: smtp.example.org, from: "Kin <a@example.org>", to: b@example.org } }',
      [expect.stringMatching(/^alerts.mail.from: expected a mail address such as/)],
    ],
    [
      'open webhook over the net',
      'alerts: { webhook: { url: "http://hooks.example.org/x" } }',
      [expect.stringMatching(/^alerts.webhook.url: expected an https:/)],
    ],
    [
      'a smaller section as a word',
      'alerts: { mail: me }',
      ['alerts.mail: expected settings such as alerts.mail.host below it'],
    ],
    ['section as a word', 'embedding: none', ['embedding: expected settings such as embedding.kind below it']],
    [
      'a smaller section as a word',
      'backup: { keep: 7 }',
      ['backup.keep: expected settings such as backup.keep.last below it'],
    ],
    [
      'qdrant without a key',
      'store: { kind: qdrant, url: "http://qdrant:6333" }',
      ['store.apiKeyFile: missing; expected the path of a file that holds the secret (mode 600)'],
    ],
    [
      'qdrant over an open line',
      'store: { kind: qdrant, url: "http://qdrant.example:6333", apiKeyFile: ./key }',
      [
        'store.url: expected an https:// address, or http:// to this machine or to a name without a dot (a compose service), given "http://qdrant.example:6333"',
        expect.stringMatching(/^store\.apiKeyFile: .*key/),
      ],
    ],
    [
      'qdrant settings without qdrant',
      'store: { url: "http://qdrant" }',
      ['store.url: expected only with store.kind qdrant, but the kind is sqlite'],
    ],
    [
      'kind without what it needs',
      'answering: { kind: ollama }',
      ['answering.url: missing; expected an http:// or https:// address', 'answering.model: missing; expected a text'],
    ],
    [
      'setting of another kind',
      'embedding: { kind: none, url: "http://h" }',
      ['embedding.url: expected only with embedding.kind ollama or openai, but the kind is none'],
    ],
    [
      'size in words',
      'limits: { fileBytes: 50MB }',
      [expect.stringMatching(/fileBytes: expected a whole .* given "50MB"/)],
    ],
    ['out of range', 'limits: { extractSeconds: 0 }', [expect.stringMatching(/from 1 to 3600, given 0/)]],
    [
      'cron with six fields',
      'jobs: { health: "0 0 3 * * *" }',
      [expect.stringMatching(/^jobs.health: expected five cron/)],
    ],
    ['cron out of range', 'jobs: { health: "61 3 * * *" }', [expect.stringMatching(/given "61 3 \* \* \*"/)]],
    [
      'cron nobody can catch up',
      'jobs: { health: "0 3 L * *" }',
      [expect.stringMatching(/^jobs.health: expected five/)],
    ],
    ['port', 'api: { listen: "127.0.0.1:99999" }', [expect.stringMatching(/^api.listen: expected host:port/)]],
    [
      'room id',
      'matrix: { opsRoom: "#ops:h", homeserver: "http://h", userId: "@k:h" }',
      [expect.stringMatching(/^matrix.opsRoom/)],
    ],
    [
      'every wrong person',
      'people: [{ id: ada, role: admin }, { id: "@b:h", role: king, lang: de }, { id: "@c:h", role: member }, { id: "@c:h", role: admin }, 7]',
      [
        'people[0].id: expected a user id such as "@ada:home.test", given "ada"',
        'people[1].lang: expected only id, role, language',
        'people[1].role: expected admin or member, given "king"',
        expect.stringMatching(/^people\[4\]: expected a list of .* given 7/),
        'people[3].id: expected each person once, given "@c:h"',
      ],
    ],
    [
      'the bot as a person',
      'people: [{ id: "@kin:home.test", role: admin }]',
      ['people[0].id: expected people, but the bot’s own account is among them'],
    ],
  ])('%s', (_name, yaml, expected) => {
    const full = yaml.startsWith('matrix') ? yaml : `${MINIMAL}${yaml}`;
    expect(faults(() => load(`${full}\n`))).toEqual(expected);
  });

  test('all of them come at once, each with key, variable and expectation', () => {
    const yaml = 'matrix: { homeserver: "ftp://h" }\nlog: loud\nzebra: 1\n';
    expect(() => load(yaml)).toThrowError(
      expect.objectContaining({
        message: [
          `4 settings are wrong (${join(folder, 'kinkeeper.yaml')}):`,
          '  zebra: unknown setting',
          '  log (KINKEEPER_LOG): expected trace or debug or info or warn or error or silent, given "loud"',
          '  matrix.homeserver (KINKEEPER_MATRIX_HOMESERVER): expected an http:// or https:// address, given "ftp://h"',
          '  matrix.userId (KINKEEPER_MATRIX_USER_ID): missing; expected a user id such as "@ada:home.test"',
        ].join('\n'),
      }),
    );
  });

  test.each([
    ['a missing file', undefined, 'the file is not there; copy config/sample.yaml or name another with --config'],
    [
      'no YAML',
      'stateDir: ok\nmatrix: { userId: @kin:h }\n',
      /^line 2 is no valid YAML .*begin with @ or ! need quotes$/,
    ],
    [
      'a room id read as a tag',
      'matrix:\n  opsRoom: !abc:h\n',
      /^line 2 is no valid YAML .*begin with @ or ! need quotes$/,
    ],
    ['a key twice', 'log: info\nlog: warn\n', /^line 2 is no valid YAML \(DUPLICATE_KEY\)$/],
    ['a list', '- a\n', 'expected settings (key: value), found a list or a single value'],
  ])('%s is the only fault that is told', (_name, yaml, expected) => {
    const path = yaml === undefined ? join(folder, 'none.yaml') : file(yaml);
    const told = faults(() => loadConfig({ file: path, env: {} }));
    expect(told).toHaveLength(1);
    expect(told[0]?.replace(/^settings file: /, '')).toEqual(
      typeof expected === 'string' ? expected : expect.stringMatching(expected),
    );
  });
});

describe('secrets', () => {
  const withPassword = (path: string) => MINIMAL.replace(' }', `, passwordFile: ${JSON.stringify(path)} }`);

  test('come from files of their own, without the editor’s last line break, and print blank', () => {
    secretFile('pw', 'hunter2 with blanks \n');
    const { config, secrets } = load(withPassword('./pw'));
    expect(secrets.matrixPassword?.reveal()).toBe('hunter2 with blanks ');
    const printed = [JSON.stringify({ config, secrets }), inspect({ config, secrets }, { depth: 9, showHidden: true })];
    printed.push(String(secrets.matrixPassword), `${secrets.matrixPassword}`, JSON.stringify(secrets));
    for (const text of printed) expect(text).not.toContain('hunter2');
  });

  test.each([0o600, 0o400])('mode %o is accepted', (mode) => {
    secretFile('pw', 'hunter2', mode);
    expect(load(withPassword('./pw')).secrets.matrixPassword?.reveal()).toBe('hunter2');
  });

  test.each([0o640, 0o604, 0o660, 0o644, 0o610, 0o601])('mode %o is a fault', (mode) => {
    const path = secretFile('pw', 'hunter2', mode);
    expect(faults(() => load(withPassword('./pw')))).toEqual([
      `matrix.passwordFile: expected mode 600 or 400, but ${path} has ${mode.toString(8)}: others can read it (chmod 600)`,
    ]);
  });

  test('missing, empty, too large and no files are faults, each with its path', () => {
    secretFile('empty', '\n');
    secretFile('large', 'x'.repeat(20_000));
    mkdirSync(join(folder, 'dir'), { mode: 0o700 });
    expect(faults(() => load(withPassword('./none')))).toEqual([
      `matrix.passwordFile: there is no file ${folder}/none`,
    ]);
    expect(faults(() => load(withPassword('./empty')))).toEqual([`matrix.passwordFile: ${folder}/empty is empty`]);
    expect(faults(() => load(withPassword('./dir')))[0]).toContain('expected a file');
    expect(faults(() => load(withPassword('./large')))[0]).toContain('too large');
  });

  test('content written where a path belongs, or under an unknown key, is never shown', () => {
    const yaml = `${MINIMAL.replace(' }', ', passwordFile: hunter2, password: hunter2 }')}`;
    const env = { KINKEEPER_KEYS_PASSPHRASE: 'hunter2', KINKEEPER_ANSWERING_URL: 'http://me:hunter2@h' };
    const all: string[] = [];
    for (const extra of [{}, { KINKEEPER_ANSWERING_KIND: 'openai', KINKEEPER_ANSWERING_MODEL: 'm' }]) {
      all.push(...faults(() => load(yaml, { ...env, ...extra })));
    }
    expect(all.join('\n')).not.toContain('hunter2');
    expect(all).toContain('matrix.password: unknown setting; did you mean matrix.passwordFile?');
    expect(all).toContain('answering.url: expected an address without a name or password in it');
  });

  test.each([
    'https://q.example',
    'http://qdrant:6333',
    'http://127.0.0.1:6333',
    'http://[::1]:6333',
  ])('qdrant at %s, its key as a systemd credential', (url) => {
    mkdirSync(join(folder, 'creds'));
    secretFile('creds/store-api-key', 'key of qdrant', 0o440);
    const env = { CREDENTIALS_DIRECTORY: join(folder, 'creds') };
    const { config, secrets } = load(`${MINIMAL}store: { kind: qdrant, url: "${url}" }\n`, env);
    expect(config.store).toEqual({ kind: 'qdrant', url });
    expect(secrets.storeApiKey?.reveal()).toBe('key of qdrant');
  });

  test('a systemd credential stands in for a file that is not named', () => {
    mkdirSync(join(folder, 'creds'));
    secretFile('creds/passphrase', 'from systemd\n', 0o440);
    secretFile('pw', 'named');
    secretFile('creds/matrix-password', 'not this');
    const { secrets } = load(withPassword('./pw'), { CREDENTIALS_DIRECTORY: join(folder, 'creds') });
    expect(secrets.passphrase?.reveal()).toBe('from systemd');
    expect(secrets.matrixPassword?.reveal()).toBe('named');
    expect(secrets.answeringApiKey).toBeUndefined();
  });

  test('a process opens only the secrets that it needs', () => {
    const options: LoadOptions = { file: file(withPassword('./none')), env: {}, secrets: ['passphrase'] };
    expect(loadConfig(options).secrets.matrixPassword).toBeUndefined();
  });
});
