import type { Patch } from './real-release.ts';

/** A version as it may come out wrong (or right), made of the product's own tree. */
export interface RealCase {
  readonly name: string;
  readonly patches: readonly Patch[];
  /** Which one runs in the end. */
  readonly end: 'old' | 'new';
  /** Why it goes back, as the helper notes it. */
  readonly why?: string;
}

/** Every bad version changes the schema too, so that the old one could not open what it leaves. */
const MIGRATES: Patch = {
  file: 'core/sqlite/control-migrations.ts',
  from: /\n\];\s*$/,
  to: "\n  'CREATE TABLE of_a_later_version (x TEXT) STRICT',\n];\n",
};

const ON_TRIAL = "  log.info({ from: trial.from, to: trial.to }, 'on trial";

/** In the order in which they are tried: each starts from what the one before left. */
export const REAL_CASES: readonly RealCase[] = [
  {
    name: 'its test of itself fails',
    patches: [MIGRATES, { file: 'bot/self-test.ts', from: "? 'ok' : 'question'", to: "? 'question' : 'question'" }],
    end: 'old',
    why: 'no-confirmation',
  },
  {
    name: 'it cannot decrypt what it encrypted',
    patches: [
      MIGRATES,
      { file: 'bot/self-test.ts', from: 'read.content.body === words', to: "read.content.body === ''" },
    ],
    end: 'old',
    why: 'no-confirmation',
  },
  {
    name: 'it loses documents',
    patches: [
      MIGRATES,
      {
        file: 'bot/try-update.ts',
        from: ON_TRIAL,
        to: `  for (const { tenant } of parts.state.control.people.tenants())
    parts.state.vault.write(parts.state.control.people.systemCaller(tenant), (writer) => {
      for (const { number } of writer.documents()) writer.forgetDocument(number);
    });
${ON_TRIAL}`,
      },
    ],
    end: 'old',
    why: 'gate-failed',
  },
  {
    name: 'it changes texts',
    patches: [
      MIGRATES,
      {
        file: 'core/sqlite/tenant-migrations.ts',
        from: /\n\];\s*$/,
        to: "\n  `UPDATE passages SET text = replace(text, 'second', 'third')`,\n];\n",
      },
    ],
    end: 'old',
    why: 'gate-failed',
  },
  {
    name: 'its bot does not start',
    patches: [MIGRATES, { file: 'bot/main.ts', from: /^/, to: 'process.exit(1);\n' }],
    end: 'old',
    why: 'service-died',
  },
  {
    name: 'its ops does not start',
    patches: [MIGRATES, { file: 'ops/main.ts', from: /^/, to: "throw new Error('broken');\n" }],
    end: 'old',
    why: 'service-died',
  },
  {
    name: 'its bot hangs',
    patches: [MIGRATES, { file: 'bot/try-update.ts', from: ON_TRIAL, to: `  for (;;);\n${ON_TRIAL}` }],
    end: 'old',
    why: 'no-confirmation',
  },
  {
    name: 'its bot crashes after a while',
    patches: [
      MIGRATES,
      { file: 'bot/try-update.ts', from: ON_TRIAL, to: `  setTimeout(() => process.exit(7), 2500);\n${ON_TRIAL}` },
    ],
    end: 'old',
    why: 'service-died',
  },
  { name: 'it works', patches: [], end: 'new' },
];
