import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { signReceipt, verifyReceipt } from '../../core/erase/receipt.ts';
import { KDF_FOR_TESTS_ONLY } from '../../core/keys/passphrase-key.ts';
import { openState } from '../../core/sqlite/open-state.ts';
import { PASSPHRASE } from './open-test-state.ts';
import { TestFolder } from './run-program.ts';

const BEN = '@ben:home.test';
let folder: TestFolder;
let file: string;

beforeEach(async () => {
  folder = new TestFolder();
  folder.settings();
  using state = await openState({
    ...{ stateDir: folder.stateDir, passphrase: PASSPHRASE, create: true, clock: () => 5, kdf: KDF_FOR_TESTS_ONLY },
  });
  const { erasing } = state;
  const text = signReceipt(
    {
      version: 1,
      ...{ reference: 'abcd', subject: erasing.subject(BEN), kind: 'person', cause: 'self', askedAt: 1, erasedAt: 2 },
      ...{ before: { documents: 3 }, after: { documents: 0 }, remains: ['audit'] },
      backups: [{ name: 'monday', madeAt: 1, keptUntil: 3 }],
    },
    erasing.signingKey,
  );
  file = join(folder.path, 'receipt.txt');
  writeFileSync(file, `Kin wrote:\n\n${text}\n\nbye\n`);
});
afterEach(() => folder.remove());

const receipt = (...args: string[]) => folder.start('ops/kinkeeper.ts', ['receipt', ...args]);

test('a saved receipt is genuine by this installation, or by its public key alone', async () => {
  const own = await receipt('verify', file);
  expect(own).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^genuine/) });
  expect(own.stdout).toMatch(/before +documents 3\nafter +documents 0/);
  expect(own.stdout).toContain('monday may hold it, sealed, until 1970-01-01');
  const key = String((await receipt('key')).stdout).trim();
  expect(key).toMatch(/^[A-Za-z0-9+/]{43}=$/);
  const json = await receipt('verify', file, '--key', key, '--json', '--config', '/nowhere.yaml');
  expect(JSON.parse(String(json.stdout))).toMatchObject({ genuine: true, receipt: { reference: 'abcd' } });
  expect(await receipt('verify', file, '--key', 'AAAA')).toMatchObject({ exitCode: 1 });
  const other = `${'A'.repeat(43)}=`;
  expect((await receipt('verify', file, '--key', other)).stderr).toMatch(/not signed by this installation/);
});

test('tells whether it is about somebody, without naming anybody', async () => {
  expect(await receipt('verify', file, '--person', BEN)).toMatchObject({ exitCode: 0 });
  const other = await receipt('verify', file, '--person', '@ada:home.test');
  expect(other).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/genuine, but not about @ada/) });
});

test('says what is missing, and where a reference leads', async () => {
  const none = join(folder.path, 'none.txt');
  writeFileSync(none, 'hello');
  expect((await receipt('verify', none)).stderr).toMatch(/no whole receipt[\s\S]*BEGIN KINKEEPER RECEIPT/);
  expect((await receipt('verify', join(folder.path, 'away.txt'))).stderr).toMatch(/cannot be read/);
  expect((await receipt('show', 'ffff')).stderr).toMatch(/no receipt of the erasure ffff/);
});

test('one bit flipped anywhere in its body or signature is detected', async () => {
  using state = await openState({ stateDir: folder.stateDir, passphrase: PASSPHRASE, create: false, clock: () => 5 });
  const { signingKey, verifyingKey } = state.erasing;
  const facts = { reference: 'r', subject: 's', kind: 'person', cause: 'self', askedAt: 1, erasedAt: 2 } as const;
  const whole = signReceipt({ version: 1, ...facts, before: {}, after: {}, remains: [], backups: [] }, signingKey);
  const [begin, ...lines] = whole.split('\n');
  const [body, signature] = [lines.slice(0, -2).join(''), lines.at(-2)!.slice(1)];
  const flip = (text: string, bit: number) => {
    const bytes = Buffer.from(text, 'base64');
    bytes[bit >> 3]! ^= 1 << (bit & 7);
    return bytes.toString('base64');
  };
  let tries = 0;
  for (const [part, made] of [
    [body, (text: string) => [text, signature]],
    [signature, (text: string) => [body, text]],
  ] as const)
    for (let bit = 0; bit < Buffer.from(part, 'base64').length * 8; bit++) {
      const [changedBody, changedSignature] = made(flip(part, bit));
      const changed = [begin, changedBody, `=${changedSignature}`, lines.at(-1)].join('\n');
      expect(() => verifyReceipt(changed, verifyingKey), `bit ${bit}`).toThrowError(
        expect.objectContaining({ reason: 'receipt-forged' }),
      );
      tries += 1;
    }
  expect(tries).toBeGreaterThan(1_000);
});
