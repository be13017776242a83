import type Database from 'better-sqlite3';
import { papersBackFact } from '../backup/papers-back.ts';
import { namesId, withoutId } from '../erase/named-id.ts';
import { AuditNames } from './audit-names.ts';

/**
 * Removes what control.db holds of a person and a tenant: their rows, their names in the audit trail, and in alerts. The
 * trail itself is never changed: it names aliases. Runs inside the caller's transaction.
 */
export function eraseRows(db: Database.Database, person: string, tenant: string): void {
  db.prepare('DELETE FROM people WHERE tenant = ?').run(tenant);
  db.prepare('DELETE FROM tenants WHERE id = ?').run(tenant);
  // They may be somebody again, under a new tenant; then the alias is still theirs.
  if (!db.prepare('SELECT 1 FROM people WHERE id = ?').get(person)) new AuditNames(db).forget(person);
  new AuditNames(db).forget(tenant);
  // Their shares ended before; here only the count of those may be left. Of an admin: what they asked of the jobs.
  const tables = ['share_numbers', 'identities', 'job_requests', 'job_cancels', 'api_keys', 'api_key_numbers'];
  for (const table of tables) {
    db.prepare(`DELETE FROM ${table} WHERE person = ? AND person NOT IN (SELECT id FROM people)`).run(person);
  }
  db.prepare('DELETE FROM facts WHERE key = ?').run(papersBackFact(person));
  for (const name of [person, tenant]) hideInAlerts(db, name);
}

/** Takes a name out of alerts. What one was about is gone with it, so none stays open for ever. */
function hideInAlerts(db: Database.Database, person: string): void {
  const rows = db
    .prepare('SELECT id, facts, key FROM alerts WHERE instr(facts, @person) OR instr(key, @person)')
    .all({ person }) as { id: number; facts: string; key: string }[];
  const store = db.prepare(
    `UPDATE alerts SET facts = ?, key = ?, cleared_at = coalesce(cleared_at, raised_at),
       over_told_at = coalesce(over_told_at, raised_at) WHERE id = ?`,
  );
  for (const { id, facts, key } of rows) {
    // Two people's alerts of a kind must not come to share a key.
    const hidden = namesId(key, person) ? `${withoutId(key, person)}${id}` : key;
    store.run(withoutId(facts, person), hidden, id);
  }
}
