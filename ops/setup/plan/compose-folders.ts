import type { ComposeAnswers } from '../answers.ts';
import { ACCOUNTS } from './compose-secrets.ts';
import type { Owner, PlannedFolder } from './plan.ts';

/** Folder that ops and the host helper share (ops/host/helper/kinkeeper-host.conf). */
export const SPOOL = '/var/lib/kinkeeper-spool';

/** The folders that docker-compose.yml binds, besides those of secrets: a container makes none of them itself. */
export function composeFolders({ data }: Pick<ComposeAnswers, 'data'>): PlannedFolder[] {
  const { root, product, synapse, postgres, ollama, qdrant, monitoring } = ACCOUNTS;
  const of = (name: string, owner: Owner, mode: number) => ({ path: `${data}${name}`, mode, owner });
  return [
    of('', root, 0o711),
    ...['', '/nginx', '/synapse', '/element', '/monitoring'].map((name) => of(`/config${name}`, root, 0o755)),
    ...['/state', '/backups', '/models'].map((name) => of(name, product, 0o700)),
    of('/synapse', synapse, 0o700),
    // Its group is that of ops, which takes the media along in a backup.
    of('/synapse/media_store', synapse, 0o2750),
    of('/postgres', postgres, 0o700),
    ...['/ollama', '/ollama/blobs', '/ollama/manifests'].map((name) => of(name, ollama, 0o700)),
    of('/qdrant', qdrant, 0o700),
    of('/monitoring', monitoring, 0o700),
    ...['/tls', '/acme', '/logs', '/logs/nginx'].map((name) => of(name, root, 0o755)),
    ...spoolFolders(product),
  ];
}

/** The spool itself is root's; in it ops lays down what it asks for. */
export function spoolFolders(product: Owner): PlannedFolder[] {
  return [
    { path: SPOOL, mode: 0o755, owner: ACCOUNTS.root },
    ...['requests', 'incoming'].map((name) => ({ path: `${SPOOL}/${name}`, mode: 0o700, owner: product })),
  ];
}
