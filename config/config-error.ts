/** One thing that is wrong with the settings. `key` is the dotted name (`people[1].id`), `variable` its environment variable. */
export interface Fault {
  readonly key: string;
  readonly variable?: string;
  /** What was expected and what was given, as one sentence part; never a secret's content. */
  readonly problem: string;
}

/**
 * All faults of the settings at once. Entry files print the message to stderr and exit with 2. `source` names the
 * settings file as the operator wrote it.
 */
export class ConfigError extends Error {
  readonly faults: readonly Fault[];

  constructor(faults: readonly Fault[], source: string) {
    const title = faults.length === 1 ? 'One setting is wrong' : `${faults.length} settings are wrong`;
    super([`${title} (${source}):`, ...faults.map((fault) => `  ${faultLine(fault)}`)].join('\n'));
    this.name = 'ConfigError';
    this.faults = faults;
  }
}

function faultLine(fault: Fault): string {
  const name = fault.variable ? `${fault.key} (${fault.variable})` : fault.key;
  return `${name}: ${fault.problem}`;
}

/** A value as a fault may show it: quoted and short. Used for values that are no secrets only. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
