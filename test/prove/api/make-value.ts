import type { Random } from '../isolation/random.ts';

/** As much of JSON Schema as the description of the API uses. */
export interface Schema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly $ref?: string;
  readonly [more: string]: unknown;
}

/** Texts that broke somebody's server before. */
const HARD_TEXTS = [
  ...['', ' ', '\u0000', '\n', '../../etc/passwd', "' OR 1=1 --", '<script>alert(1)</script>', '{{7*7}}', '%00', '%'],
  ...[
    'null',
    'undefined',
    '__proto__',
    'constructor',
    '\ud800',
    '😀'.repeat(50),
    'ä\u0308'.repeat(20),
    '\u202egpj.exe',
    '{"a":',
  ],
  ...[
    'A'.repeat(5000),
    '9'.repeat(400),
    '1e309',
    '-0',
    '0x10',
    'true',
    '[]',
    '\\',
    '"',
    '`!forget 1`',
    'NaN',
    '\ufeff',
  ],
];
const HARD_NUMBERS = [0, -1, 1, 2, 1.5, 2 ** 31, 2 ** 53, -(2 ** 53), 1e308, 999_999_999, 1_000_000_000];

/** A value that fits a schema, mostly small; `words` are what texts are made of. */
export function fitting(random: Random, schema: Schema, words: readonly string[]): unknown {
  if (schema.enum) return random.of(schema.enum);
  switch (schema.type) {
    case 'integer': {
      const [least, most] = [schema.minimum ?? 0, schema.maximum ?? 1000];
      return Math.min(
        most,
        least + (random.chance(0.8) ? random.below(8) : random.below(Math.min(most - least + 1, 2 ** 30))),
      );
    }
    case 'boolean':
      return random.chance(0.5);
    case 'array':
      return Array.from({ length: random.below(3) }, () => fitting(random, schema.items ?? {}, words));
    case 'object':
      return Object.fromEntries(
        Object.entries(schema.properties ?? {})
          .filter(([name]) => schema.required?.includes(name) || random.chance(0.5))
          .map(([name, one]) => [name, fitting(random, one, words)]),
      );
    default: {
      if (schema.pattern?.includes('A-Za-z0-9')) return random.of(['a', 'flat', 'x-1', 'conv.2_']);
      const text = Array.from({ length: 1 + random.below(6) }, () => random.of(words)).join(' ');
      return text.slice(0, schema.maxLength ?? 200);
    }
  }
}

/** Any value at all. */
export function anything(random: Random, depth = 2): unknown {
  const kind = random.below(depth > 0 ? 6 : 4);
  if (kind === 0) return random.of(HARD_NUMBERS);
  if (kind === 1) return random.of([true, false, null]);
  if (kind === 4) return Array.from({ length: random.below(4) }, () => anything(random, depth - 1));
  if (kind === 5) {
    return Object.fromEntries(
      Array.from({ length: random.below(4) }, () => [random.of(HARD_TEXTS), anything(random, depth - 1)]),
    );
  }
  return hardText(random);
}

export function hardText(random: Random): string {
  return random.of(HARD_TEXTS);
}

/** A value with one place of it spoilt. */
export function spoilt(random: Random, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || random.chance(0.2))
    return anything(random);
  const names = Object.keys(value);
  const choice = random.below(3);
  if (choice === 0 || names.length === 0)
    return { ...value, [random.of(['extra', 'tenant', 'person', '__proto__'])]: anything(random) };
  const name = random.of(names);
  if (choice === 1) return Object.fromEntries(Object.entries(value).filter(([one]) => one !== name));
  return { ...value, [name]: anything(random) };
}
