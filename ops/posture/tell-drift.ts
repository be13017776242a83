import type { Control } from '../../core/control.ts';
import { type Checklist, keepChecklist } from '../../core/posture.ts';

const BLIND = 'checklist-blind';

/**
 * Tells what passed and does not any more, each line by itself until it passes again; and, as one, that lines which were known
 * are not now. Then keeps the checklist. A line that never passed is no drift: the checklist shows it. Used by the job and the shell.
 */
export function tellDrift(
  { checks, ...rest }: Checklist,
  { before, alerts, facts }: { readonly before: Checklist | undefined } & Pick<Control, 'alerts' | 'facts'>,
): void {
  const known = new Map(before?.checks.map(({ id, lastKnown }) => [id, lastKnown]));
  const open = new Set(alerts.open().map(({ key }) => key));
  for (const { id, verdict } of checks) {
    const key = `checklist-drift ${id}`;
    if (verdict === 'pass') alerts.clear(key);
    else if (verdict === 'fail' && known.get(id) === 'pass' && !open.has(key))
      alerts.raise({ code: 'checklist-drift', severity: 'warning', key, facts: { line: id } });
  }
  // What does not concern this host any more is no fault of it.
  for (const id of rest.leftOut) alerts.clear(`checklist-drift ${id}`);
  const lost = checks.filter(({ verdict, lastKnown }) => verdict === 'unknown' && lastKnown !== null).length;
  if (lost === 0) alerts.clear(BLIND);
  else if (!open.has(BLIND)) alerts.raise({ code: BLIND, severity: 'warning', key: BLIND, facts: { count: lost } });
  // Kept last: a process that ends before tells it again.
  keepChecklist(facts, { checks, ...rest });
}
