import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sweepShares } from '../../../core/shelf-keeping-vault.ts';
import { killChildren, startChild } from './child.ts';
import { seeded } from './sample-documents.ts';
import { openTestState, temporaryFolder } from './temporary-state.ts';

const SEED = Number(process.env.KINKEEPER_TEST_SEED) || Date.now() % 1_000_000;
const KILLS = Number(process.env.KINKEEPER_TEST_KILLS) || 8;
let place: ReturnType<typeof temporaryFolder>;

beforeEach(() => {
  place = temporaryFolder();
});
afterEach(() => {
  killChildren();
  place.remove();
});

/** Lets the writer say a few things, kills it at a random moment behind them, and returns all that it said. */
async function killedWriter(first: number, random: () => number): Promise<string[]> {
  const child = startChild('share-writer', [place.stateDir, String(first)]);
  const lines: string[] = [];
  const many = 1 + Math.floor(random() * 4);
  while (lines.length < many) lines.push((await child.nextLine())!);
  // Any moment is right, none has to be hit.
  await new Promise((resolve) => setTimeout(resolve, random() * 40));
  await child.kill();
  for (let line = await child.nextLine(); line !== undefined; line = await child.nextLine()) lines.push(line);
  return lines;
}

test(`a lender killed with SIGKILL ${KILLS} times leaves whole shares or none, and no file without a key (seed ${SEED})`, async () => {
  const random = seeded(SEED);
  const people = [
    { id: '@ada:home.test', role: 'admin', language: 'en' },
    { id: '@ben:home.test', role: 'member', language: 'en' },
  ] as const;
  {
    using state = await openTestState(place.stateDir);
    state.control.people.seed(people);
  }
  const over = new Set<number>();
  for (let kill = 0; kill < KILLS; kill++) {
    const message = `seed ${SEED}, kill ${kill}`;
    const said = await killedWriter(1 + kill * 1000, random);
    for (const line of said) if (!line.startsWith('lent')) over.add(Number(line.split(' ')[1]));
    using state = await openTestState(place.stateDir, { create: false });
    const { control, shares, vault } = state;
    // Before anything is cleared away nothing that ended is open, and what is open is whole.
    const [ada, ben] = people.map(({ id }) => control.people.callerFor(id)!);
    const check = () => {
      for (const { shelf, document } of shares.of(ben!)) {
        expect(over.has(document), message).toBe(false);
        const texts = vault.read(shelf, (reader) => reader.passagesOf(1).map(({ text }) => text));
        expect(texts, message).toHaveLength(4);
      }
    };
    check();
    sweepShares({ vault, shares, people: control.people });
    check();
    const current = new Set(vault.read(ada!, (reader) => reader.documents().map(({ number }) => number)));
    for (const { document } of shares.of(ada!)) expect(current.has(document), message).toBe(true);
    const inUse = new Set<string>(control.people.tenants().map(({ tenant }) => tenant));
    const files = readdirSync(join(place.stateDir, 'tenants')).map((file) => file.split('.', 1)[0]!);
    expect(
      files.filter((file) => !inUse.has(file)),
      message,
    ).toEqual([]);
    for (const { number } of shares.of(ada!)) shares.end(ada!, number);
  }
});
