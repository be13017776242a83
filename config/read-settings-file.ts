import { readFileSync } from 'node:fs';
import { parseDocument } from 'yaml';
import { nearestName } from '../core/nearest-name.ts';
import type { Fault } from './config-error.ts';
import { isRecord } from './is-record.ts';
import { SETTING_KEYS, type SettingKey, sectionOf, setting, variableOf } from './settings.ts';

/** Key of faults about the file as a whole: with one of these, faults of single settings would be noise. */
export const SETTINGS_FILE = 'settings file';

/** Keys are long: `matrix.password` means `matrix.passwordFile`. */
const MOST_LETTERS = 4;

/** Variables of tests and their laboratory, which children inherit: no settings, and no typing errors either. */
const NO_SETTING = /^KINKEEPER_(TEST_.*|LAB|PYTHON)$/;

/** Raw values of a settings file by key. Faults are added to `faults`; the values of unknown keys are never shown. */
export function readSettingsFile(file: string, faults: Fault[]): Map<SettingKey, unknown> {
  const root = parseFile(file, faults);
  const values = new Map<SettingKey, unknown>();
  if (root === undefined) return values;
  for (const [name, value] of Object.entries(root)) {
    if (isSection(name) && isRecord(value)) {
      takeSection(values, { name, content: value }, faults);
    } else if (isSection(name)) {
      if (value !== null) faults.push({ key: name, problem: `expected settings such as ${example(name)} below it` });
    } else take(values, name, value, faults);
  }
  return values;
}

function parseFile(file: string, faults: Fault[]): Record<string, unknown> | undefined {
  let content: string;
  try {
    content = readFileSync(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const why = code === 'ENOENT' ? 'the file is not there' : `it cannot be read (${code})`;
    faults.push({ key: SETTINGS_FILE, problem: `${why}; copy config/sample.yaml or name another with --config` });
    return undefined;
  }
  const document = parseDocument(content, { prettyErrors: false });
  const problems = [...document.errors, ...document.warnings];
  for (const problem of problems) {
    const line = content.slice(0, problem.pos[0]).split('\n').length;
    const quotes = /[@!]/.test(content.split('\n')[line - 1] ?? '')
      ? '; values that begin with @ or ! need quotes'
      : '';
    faults.push({ key: SETTINGS_FILE, problem: `line ${line} is no valid YAML (${problem.code})${quotes}` });
  }
  if (problems.length > 0) return undefined;
  const root: unknown = document.toJS() ?? {};
  if (isRecord(root)) return root;
  faults.push({ key: SETTINGS_FILE, problem: 'expected settings (key: value), found a list or a single value' });
  return undefined;
}

/** A section, and the smaller ones in it (`backup.keep`). */
function takeSection(
  values: Map<SettingKey, unknown>,
  section: { readonly name: string; readonly content: Record<string, unknown> },
  faults: Fault[],
): void {
  for (const [inner, value] of Object.entries(section.content)) {
    const name = `${section.name}.${inner}`;
    const goesOn = SETTING_KEYS.some((key) => key.startsWith(`${name}.`));
    if (!goesOn) take(values, name, value, faults);
    else if (isRecord(value)) takeSection(values, { name, content: value }, faults);
    else if (value !== null) faults.push({ key: name, problem: `expected settings such as ${example(name)} below it` });
  }
}

function take(values: Map<SettingKey, unknown>, key: string, value: unknown, faults: Fault[]): void {
  const known = SETTING_KEYS.find((one) => one === key);
  if (known === undefined) faults.push({ key, problem: unknownKey(key) });
  else if (value !== null && value !== undefined) values.set(known, value);
  else if (setting(known).type.emptyIsValue) values.set(known, '');
}

/** Why a key is refused: a job that does not exist, or a typing error with the likely name. */
function unknownKey(key: string): string {
  if (key.startsWith('jobs.')) {
    const jobs = SETTING_KEYS.filter((one) => one.startsWith('jobs.')).map((one) => one.slice('jobs.'.length));
    return `unknown job; the jobs of this version are: ${jobs.join(', ')}`;
  }
  const near = nearestName(key, SETTING_KEYS, MOST_LETTERS) ?? nearestSection(key);
  return near ? `unknown setting; did you mean ${near}?` : 'unknown setting';
}

function nearestSection(key: string): string | undefined {
  const sections = new Set(SETTING_KEYS.map(sectionOf).filter((one) => one !== undefined));
  return key.includes('.') ? undefined : nearestName(key, sections, MOST_LETTERS);
}

/** Settings from environment variables. An empty variable counts as not set, except where empty means "off". */
export function readEnvironment(env: NodeJS.ProcessEnv, faults: Fault[]): Map<SettingKey, unknown> {
  const values = new Map<SettingKey, unknown>();
  const keys = new Map(SETTING_KEYS.map((key) => [variableOf(key), key]));
  for (const [variable, value] of Object.entries(env)) {
    if (!variable.startsWith('KINKEEPER_') || value === undefined || NO_SETTING.test(variable)) continue;
    const key = keys.get(variable);
    if (key === undefined) {
      const near = nearestName(variable, keys.keys(), MOST_LETTERS);
      faults.push({ key: variable, problem: `unknown variable${near ? `; did you mean ${near}?` : ''}` });
    } else if (value !== '' || setting(key).type.emptyIsValue) values.set(key, value);
  }
  return values;
}

function isSection(name: string): boolean {
  return SETTING_KEYS.some((key) => sectionOf(key) === name);
}

function example(section: string): string {
  return SETTING_KEYS.find((key) => key.startsWith(`${section}.`)) ?? section;
}
