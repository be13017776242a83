import { type Alert, type AlertLog, alertNamed, alertReference } from '../../core/alert.ts';
import { AppError } from '../../core/errors.ts';

/** The alert that an admin named. Throws AppError `not-found`, reason `no-such-alert`, where there is none of that reference. */
export function namedAlert(log: Pick<AlertLog, 'find'>, reference: string): Alert {
  const id = alertNamed(reference);
  const alert = id === undefined ? undefined : log.find(id);
  if (alert !== undefined) return alert;
  throw new AppError('not-found', 'there is no such alert', { reason: 'no-such-alert', facts: { given: reference } });
}

/** The target of an audit row about an alert: its reference, and nothing else that may have been typed for one. */
export function auditedAlert(reference: string): string {
  const id = alertNamed(reference);
  return id === undefined ? 'unknown' : alertReference(id);
}
