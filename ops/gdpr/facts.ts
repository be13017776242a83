import type { LocalConfig, MatrixSettings } from '../../config/config.ts';
import type { Control } from '../../core/control.ts';
import { AppError } from '../../core/errors.ts';
import type { RetentionPolicy } from '../../core/retention/policy.ts';
import type { Finding } from '../doctor/finding.ts';

/** The fact in which the bot notes at each start which models read people's texts. */
const MODELS = 'models-in-use';

/** A model that reads people's texts; `host` is null where that is the family server itself. */
export interface ModelFact {
  readonly name: string;
  readonly host: string | null;
}

/** What the papers say about this installation: read from its settings, its control store and the doctor, nothing claimed. */
export interface GdprFacts {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly people: number;
  readonly admins: number;
  /** As the bot last counted; undefined when it has not run. */
  readonly documents: number | undefined;
  readonly bot: string | undefined;
  readonly homeserver: string | undefined;
  /** undefined: the bot has not run yet, so nobody knows. */
  readonly models: { readonly answering: ModelFact | null; readonly embedding: ModelFact | null } | undefined;
  /** The Qdrant server, where passages are looked up in one. */
  readonly index: string | undefined;
  readonly passphrase: 'file' | 'asked';
  readonly retention: RetentionPolicy;
  /** Waits before somebody is erased, in milliseconds. */
  readonly erase: LocalConfig['erase'];
  readonly makesBackups: boolean;
  /** Rows of the audit trail; undefined when it is broken. */
  readonly auditRows: number | undefined;
  readonly findings: readonly Finding[];
}

/** Gathers the facts. For `kinkeeper gdpr`; opens no tenant's file. */
export function gatherFacts(given: {
  readonly config: LocalConfig & { readonly matrix?: MatrixSettings };
  readonly control: Control;
  readonly findings: readonly Finding[];
  readonly passphrase: GdprFacts['passphrase'];
  readonly at: number;
}): GdprFacts {
  const { config, control, findings, passphrase, at } = given;
  const people = control.people.list();
  const documents = control.heartbeats.of('bot')?.figures.documents;
  const models = control.facts.get(MODELS);
  return {
    at,
    people: people.length,
    admins: people.filter(({ role }) => role === 'admin').length,
    documents: documents === undefined ? undefined : Number(documents),
    bot: config.matrix?.userId,
    homeserver: config.matrix && new URL(config.matrix.homeserver).host,
    models: models === undefined ? undefined : (JSON.parse(models) as NonNullable<GdprFacts['models']>),
    index: config.store.kind === 'qdrant' ? new URL(config.store.url).host : undefined,
    passphrase,
    retention: config.retention,
    erase: config.erase,
    makesBackups: config.backup.recipientsFile !== undefined,
    auditRows: rowsOf(control),
    findings,
  };
}

function rowsOf({ audit }: Control): number | undefined {
  try {
    return audit.verify();
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.reason === 'audit-broken') return undefined;
    throw thrown;
  }
}
