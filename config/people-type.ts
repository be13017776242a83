import type { Parsed, SettingsPerson, SettingType } from './setting-types.ts';
import { choice, userId } from './setting-types.ts';

const ROLE = choice(['admin', 'member']);
const LANGUAGE = choice(['en', 'de']);
const FIELDS = ['id', 'role', 'language'];

type Problem = { at: string; expected: string; given?: unknown };

/** The list of people: YAML list, or JSON text in the environment variable. Every wrong entry is its own problem. */
export const people: SettingType<readonly SettingsPerson[]> = {
  expected: 'a list of { id, role: admin or member, language: en or de }',
  parse(raw): Parsed<readonly SettingsPerson[]> {
    const list = typeof raw === 'string' ? fromJson(raw) : raw;
    if (!Array.isArray(list)) return { ok: false, problems: [{ at: '', expected: people.expected, given: raw }] };
    const problems: Problem[] = [];
    const value = list.map((entry, index) => person(entry, `[${index}]`, problems));
    const ids = value.map((one) => one.id);
    for (const [index, id] of ids.entries()) {
      if (id !== '' && ids.indexOf(id) < index)
        problems.push({ at: `[${index}].id`, expected: 'each person once', given: id });
    }
    return problems.length > 0 ? { ok: false, problems } : { ok: true, value };
  },
};

function fromJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function person(entry: unknown, at: string, problems: Problem[]): SettingsPerson {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) {
    problems.push({ at, expected: people.expected, given: entry });
    return { id: '', role: 'member', language: 'en' };
  }
  const fields: Record<string, unknown> = { language: 'en', ...entry };
  for (const name of Object.keys(fields)) {
    if (!FIELDS.includes(name)) problems.push({ at: `${at}.${name}`, expected: `only ${FIELDS.join(', ')}` });
  }
  const take = <T>(name: string, type: SettingType<T>, otherwise: T): T => {
    const parsed = type.parse(fields[name]);
    if (parsed.ok) return parsed.value;
    problems.push(...parsed.problems.map((problem) => ({ ...problem, at: `${at}.${name}` })));
    return otherwise;
  };
  return { id: take('id', userId, ''), role: take('role', ROLE, 'member'), language: take('language', LANGUAGE, 'en') };
}
