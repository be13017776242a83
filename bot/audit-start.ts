import { createHash } from 'node:crypto';
import type { Control } from '../core/control.ts';

/** The fact that holds a digest of every setting of the last start: what changed is told by name, never by value. */
const SETTINGS_SEEN = 'settings-seen';

export interface BotStart {
  readonly at: number;
  /** Whether it waited for a passphrase at the shell. */
  readonly wasSealed: boolean;
  /** Who was known before the settings' people were let in. */
  readonly before: readonly { readonly id: string }[];
  /** All settings, nested as they are loaded, without secrets. */
  readonly settings: object;
}

/**
 * Notes a start of the bot in the audit trail: how it was unlocked, whom the settings let in, and which settings are others
 * than at the start before. Called by the entry file once, when the state is open and its people are seeded.
 */
export function auditStart(
  { audit, facts, people }: Pick<Control, 'audit' | 'facts' | 'people'>,
  start: BotStart,
): void {
  const note = (action: string, target: string) =>
    audit.append({ at: start.at, actor: 'system', action, target, outcome: 'done' });
  note(start.wasSealed ? 'bot.started-sealed' : 'bot.started', '-');
  const known = new Set(start.before.map(({ id }) => id));
  for (const { id } of people.list()) if (!known.has(id)) note('people.seeded', id);
  const now = digests(start.settings);
  const seen = facts.get(SETTINGS_SEEN);
  if (seen !== undefined) {
    const changed = changedKeys(JSON.parse(seen) as Record<string, string>, now);
    if (changed.length > 0) note('settings.changed', changed.join(','));
  }
  const text = JSON.stringify(now);
  if (text !== seen) facts.set(SETTINGS_SEEN, text);
}

function changedKeys(before: Readonly<Record<string, string>>, now: Readonly<Record<string, string>>): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(now)])].filter((key) => before[key] !== now[key]).sort();
}

function digests(value: object, path = ''): Record<string, string> {
  const entries = Object.entries(value).map(([name, inner]): Record<string, string> => {
    const key = path === '' ? name : `${path}.${name}`;
    if (typeof inner === 'object' && inner !== null && !Array.isArray(inner)) return digests(inner, key);
    return {
      [key]: createHash('sha256')
        .update(JSON.stringify(inner) ?? '')
        .digest('hex')
        .slice(0, 16),
    };
  });
  return Object.assign({}, ...entries);
}
