/** What docker-compose.yml promises of a service; read in the file by a test, and in running containers by `npm run prove:compose`. */
export interface Promised {
  readonly user: string;
  /** Rights of root that it has, of all that there are. */
  readonly caps: readonly string[];
  readonly networks: readonly string[];
  /** Places of the host that it may change, as it sees them. */
  readonly writes: readonly string[];
  /** Where it listens for others. */
  readonly ports: readonly number[];
  /** The networks that it listens in, where these are not all. */
  readonly listensIn?: readonly string[];
  readonly profile?: string;
  /** It runs once, when it is asked for. */
  readonly once?: true;
}

export const PROMISED: Readonly<Record<string, Promised>> = {
  bot: {
    user: '10001:10001',
    caps: [],
    networks: ['matrix', 'models', 'index', 'api'],
    writes: ['/data/state', '/run/secrets-bot'],
    ports: [8765],
  },
  ops: {
    ...{ user: '10001:10001', caps: [], networks: ['matrix', 'models', 'index', 'database', 'out'], ports: [] },
    writes: ['/data/state', '/data/backups', '/var/lib/kinkeeper-spool'],
  },
  synapse: {
    ...{ user: '991:991', caps: [], networks: ['web', 'matrix', 'database', 'push'], writes: ['/data'] },
    ...{ ports: [8008], listensIn: ['web', 'matrix', 'database'] },
  },
  postgres: { user: '999:999', caps: [], networks: ['database'], writes: ['/var/lib/postgresql/data'], ports: [5432] },
  ollama: { user: '10002:10002', caps: [], networks: ['inference'], writes: [], ports: [11434] },
  'ollama-gate': { user: '101:101', caps: [], networks: ['inference', 'models'], writes: [], ports: [11434] },
  nginx: {
    user: '',
    caps: ['SETGID', 'SETUID'],
    networks: ['edge', 'web', 'api'],
    writes: ['/var/log/nginx'],
    ports: [8080, 8443],
  },
  'fetch-models': {
    user: '10002:10002',
    caps: [],
    networks: ['out'],
    writes: ['/models'],
    ports: [],
    profile: 'models',
    once: true,
  },
  restore: {
    ...{ user: '10001:10001', caps: [], networks: ['database'], ports: [] },
    ...{ writes: ['/restore', '/data/state'], profile: 'restore', once: true },
  },
  qdrant: { user: '10003:10003', caps: [], networks: ['index'], writes: ['/data'], ports: [6333], profile: 'qdrant' },
  element: { user: '101:101', caps: [], networks: ['web'], writes: [], ports: [8088], profile: 'element' },
  prometheus: {
    user: '10004:10004',
    caps: [],
    networks: ['api', 'matrix'],
    writes: ['/data'],
    ports: [9090],
    profile: 'monitoring',
  },
};

/** Networks that lead out of the server. All others lead nowhere. `edge` lets in, and gives nobody inside an answer from outside. */
export const LEAD_OUT = ['out', 'push'] as const;
export const DOOR = 'edge';
