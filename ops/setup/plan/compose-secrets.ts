import type { Owner, PlannedFolder, PlannedSecret, SecretMaking } from './plan.ts';

/** The accounts of the containers, as docker-compose.yml names them. */
export const ACCOUNTS = {
  root: { uid: 0, gid: 0 },
  product: { uid: 10_001, gid: 10_001 },
  ollama: { uid: 10_002, gid: 10_002 },
  qdrant: { uid: 10_003, gid: 10_003 },
  monitoring: { uid: 10_004, gid: 10_004 },
  synapse: { uid: 991, gid: 991 },
  postgres: { uid: 999, gid: 999 },
  nginx: { uid: 101, gid: 101 },
} as const satisfies Record<string, Owner>;

const RANDOM: SecretMaking = { kind: 'random' };

/** One folder of secrets for each account that reads them, and nothing in it that another one needs. */
export function composeSecrets(
  data: string,
  { hasQdrant, makesAccounts }: { readonly hasQdrant: boolean; readonly makesAccounts: boolean },
): { folders: PlannedFolder[]; secrets: PlannedSecret[] } {
  const at = (name: string) => `${data}/secrets/${name}`;
  const of = (name: string, owner: Owner, make = RANDOM, mode = 0o400): PlannedSecret => ({
    path: at(name),
    mode,
    owner,
    make,
  });
  const { product, synapse, postgres, nginx, qdrant, root } = ACCOUNTS;
  const password = at('postgres/password');
  const around = (before: string, after: string): SecretMaking => ({ kind: 'around', of: password, before, after });
  const secrets = [
    // The bot changes it (`rotate`), and nothing else beside it.
    of('bot-login/bot-password', product, RANDOM, 0o600),
    of('kinkeeper/passphrase', product),
    of('postgres/password', postgres),
    of('ops/homeserver-connection', product, around('postgresql://synapse:', '@postgres:5432/synapse')),
    of('synapse/registration', synapse),
    of('synapse/macaroon', synapse),
    of('synapse/form', synapse),
    of('synapse/pgpass', synapse, around('postgres:5432:synapse:synapse:', '')),
    of('status-password', root),
    ...(makesAccounts ? [of('accounts-password', root)] : []),
    of('nginx/status-htpasswd', nginx, { kind: 'htpasswd', of: at('status-password'), name: 'admin' }),
    ...(hasQdrant
      ? [
          of('qdrant/api-key', qdrant),
          of('kinkeeper/qdrant-key', product, { kind: 'around', of: at('qdrant/api-key'), before: '', after: '' }),
        ]
      : []),
    { path: `${data}/synapse/signing.key`, mode: 0o640, owner: synapse, make: { kind: 'signing-key' } } as const,
  ];
  const folder = (name: string, owner: Owner) => ({ path: at(name), mode: 0o700, owner });
  const folders = [
    { path: `${data}/secrets`, mode: 0o711, owner: root },
    ...[
      folder('kinkeeper', product),
      folder('bot-login', product),
      folder('ops', product),
      folder('synapse', synapse),
      folder('postgres', postgres),
    ],
    ...[folder('nginx', nginx), folder('qdrant', qdrant)],
  ];
  return { folders, secrets };
}
