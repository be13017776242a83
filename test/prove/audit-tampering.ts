import Database from 'better-sqlite3';
import { CHECKPOINT } from '../../core/audit.ts';
import { AppError } from '../../core/errors.ts';
import { chainHash, type StoredRow } from '../../core/sqlite/audit-chain.ts';
import { AuditStore } from '../../core/sqlite/audit-store.ts';
import { CONTROL_MIGRATIONS } from '../../core/sqlite/control-migrations.ts';
import { migrate } from '../../core/sqlite/migrate.ts';
import { randomStream } from '../bot/random.ts';

/** What came of changes to the rows of audit trails. `wrong` must be empty. */
export interface TamperingFigures {
  readonly tries: number;
  readonly detected: number;
  readonly byKind: Readonly<Record<string, number>>;
  readonly wrong: readonly string[];
}

/** A change to a trail: which rows it may be named by; `needsAnchor` when the trail alone cannot show it. */
interface Change {
  readonly named: readonly number[];
  readonly needsAnchor?: true;
}

const ROWS = 40;
const WITH_KEYS = ['DROP TRIGGER audit_no_update', 'DROP TRIGGER audit_no_delete'].join(';');

/**
 * Changes real audit trails as somebody with every key could: one bit of any column of any row, rows taken out, put in,
 * changed about, cut off with and without the counter, the beginning without a checkpoint, the whole rest made anew. Every
 * one has to be detected and named.
 */
export function auditTampering({ seed, tries }: { seed: number; tries: number }): TamperingFigures {
  const random = randomStream(seed);
  const kinds = Object.entries(CHANGES);
  const byKind: Record<string, number> = {};
  const wrong: string[] = [];
  for (let count = 0; count < tries; count++) {
    const [kind, change] = kinds[count % kinds.length]!;
    byKind[kind] = (byKind[kind] ?? 0) + 1;
    using trail = new Trail(random);
    const anchor = trail.store.anchor(1);
    trail.db.exec(WITH_KEYS);
    const { named, needsAnchor } = change(trail);
    const alone = rowNamed(() => trail.store.verify());
    const compared = rowNamed(() => trail.store.compare(anchor));
    if (needsAnchor && alone !== undefined) wrong.push(`${kind}: seen without an anchor (${alone})`);
    if (!needsAnchor && (alone === undefined || !named.includes(alone)))
      wrong.push(`${kind}: named ${alone}, not ${named}`);
    if (compared === undefined || !named.includes(compared)) wrong.push(`${kind}: compared ${compared}, not ${named}`);
  }
  return { tries, detected: tries - wrong.length, byKind, wrong: wrong.slice(0, 20) };
}

function rowNamed(look: () => unknown): number | undefined {
  try {
    look();
    return undefined;
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.reason === 'audit-broken') return Number(thrown.facts.row);
    throw thrown;
  }
}

/** A trail of some rows, sometimes with its beginning removed behind a checkpoint. */
class Trail implements Disposable {
  readonly db = new Database(':memory:');
  readonly store = new AuditStore(this.db);
  readonly random: () => number;

  constructor(random: () => number) {
    this.random = random;
    migrate(this.db, CONTROL_MIGRATIONS);
    const checkpointAt = random() < 0.5 ? ROWS : 5 + this.below(ROWS - 10);
    for (let at = 1; at <= ROWS; at++) {
      if (at === checkpointAt) this.store.removeBefore(at - 3, at);
      else
        this.store.append({
          at,
          actor: `@p${at % 5}:home.test`,
          action: 'people.add',
          target: `t${at}`,
          outcome: 'done',
        });
    }
  }

  below(limit: number): number {
    return Math.floor(this.random() * limit);
  }

  rows(): StoredRow[] {
    return this.db
      .prepare('SELECT id, at, actor, action, target, outcome, hash FROM audit ORDER BY id')
      .all() as StoredRow[];
  }

  any(): StoredRow {
    const rows = this.rows();
    return rows[this.below(rows.length)]!;
  }

  put({ id, at, actor, action, target, outcome, hash }: StoredRow): void {
    this.db
      .prepare(
        'INSERT OR REPLACE INTO audit (id, at, actor, action, target, outcome, hash) VALUES (?, ?, ?, ?, ?, ?, ?)',
      )
      .run(id, at, actor, action, target, outcome, hash);
  }

  cut(from: number): void {
    this.db.prepare('DELETE FROM audit WHERE id >= ?').run(from);
  }

  [Symbol.dispose](): void {
    this.db.close();
  }
}

const CHANGES: Readonly<Record<string, (trail: Trail) => Change>> = {
  'one bit': (trail) => {
    const row = trail.any();
    const columns = ['at', 'actor', 'action', 'target', 'outcome', 'hash'] as const;
    const column = columns[trail.below(columns.length)]!;
    trail.put({ ...row, [column]: turned(row[column], trail) });
    return { named: [row.id] };
  },
  'number of a row': (trail) => {
    const row = trail.any();
    const id = row.id + ROWS + 1 + trail.below(100);
    trail.db.prepare('UPDATE audit SET id = ? WHERE id = ?').run(id, row.id);
    return { named: [row.id] };
  },
  'a row taken out': (trail) => {
    const row = trail.any();
    trail.db.prepare('DELETE FROM audit WHERE id = ?').run(row.id);
    return { named: [row.id] };
  },
  'two rows changed about': (trail) => {
    const rows = trail.rows();
    const at = trail.below(rows.length - 1);
    const [one, two] = [rows[at]!, rows[at + 1 + trail.below(rows.length - at - 1)]!];
    trail.put({ ...two, id: one.id });
    trail.put({ ...one, id: two.id });
    return { named: [one.id] };
  },
  'a row put in at the end': (trail) => {
    const last = trail.rows().at(-1)!;
    trail.put({ ...last, id: last.id + 1, target: 'forged' });
    return { named: [last.id + 1] };
  },
  'a row put in before the beginning': (trail) => {
    const [first] = trail.rows();
    if (first!.id === 1) trail.db.prepare('DELETE FROM audit WHERE id = 1').run();
    else trail.put({ ...first!, id: first!.id - 1 });
    return { named: [first!.id === 1 ? 1 : first!.id - 1] };
  },
  'the end cut off': (trail) => {
    const [{ id: first } = { id: 1 }] = trail.rows();
    const { id } = trail.any();
    trail.cut(id);
    // With next to nothing left, and no checkpoint, the beginning is what is missing first.
    return { named: first > 1 && id <= first + 1 ? [id, 1] : [id] };
  },
  'the end cut off, and more noted': (trail) => {
    const change = CHANGES['the end cut off']!(trail);
    for (let at = 0; at < 1 + trail.below(ROWS); at++) {
      trail.store.append({ at: ROWS + at, actor: 'x', action: 'y', target: '-', outcome: 'done' });
    }
    return change;
  },
  'the end cut off with the counter': (trail) => {
    const rows = trail.rows();
    // Not the checkpoint: without it the beginning does not fit either, as seen above.
    const last = Math.max(rows[0]!.id, ...rows.filter(({ action }) => action === CHECKPOINT).map(({ id }) => id));
    const from = Math.min(last + 1 + trail.below(5), rows.at(-1)!.id);
    if (from <= last) return withoutCounter(trail);
    trail.cut(from);
    trail.db.prepare(`UPDATE sqlite_sequence SET seq = ? WHERE name = 'audit'`).run(from - 1);
    return { named: [from], needsAnchor: true };
  },
  'the counter gone': (trail) => withoutCounter(trail),
  'the rest made anew': (trail) => {
    const rows = trail.rows();
    const at = trail.below(rows.length);
    let before = at === 0 ? undefined : rows[at - 1]!.hash;
    if (before === undefined) return withoutCounter(trail);
    for (const [place, row] of rows.slice(at).entries()) {
      const entry =
        place === 0 && row.action !== CHECKPOINT
          ? { ...row, actor: '@somebody:else.test' }
          : { ...row, at: row.at + 1 };
      before = chainHash(before, row.id, entry);
      trail.put({ ...entry, hash: before });
    }
    return { named: [rows.at(-1)!.id], needsAnchor: true };
  },
};

function withoutCounter(trail: Trail): Change {
  trail.db.exec(`DELETE FROM sqlite_sequence WHERE name = 'audit'`);
  return { named: [trail.rows().at(-1)!.id + 1] };
}

function turned(value: string | number | Uint8Array, trail: Trail): string | number | Uint8Array {
  if (typeof value === 'number') return value ^ (1 << trail.below(20));
  const bytes = Buffer.from(value as string);
  // In text the highest bits would make what no column of text can hold.
  const bits = typeof value === 'string' ? 5 : 8;
  const place = trail.below(bytes.length);
  bytes[place]! ^= 1 << trail.below(bits);
  return typeof value === 'string' ? bytes.toString('utf8') : bytes;
}
