import { afterEach, beforeEach, expect, it } from 'vitest';
import { runCommand } from '../../../bot/commands/run-command.ts';
import { newRecoveryCode } from '../../../core/keys/recovery-code.ts';
import { ADA, type Household, openHousehold } from './household.ts';

let house: Household;
beforeEach(async () => {
  house = await openHousehold();
});
afterEach(() => house[Symbol.asyncDispose]());

async function run(line: string): Promise<string> {
  const [name = '', ...rest] = line.split(' ');
  const call = { name, args: rest.join(' '), place: 'ops', caller: house.callerOf(ADA) } as const;
  return runCommand(call, house.services).then(
    ({ text }) => text,
    (thrown: { reason?: string }) => `${thrown.reason}`,
  );
}

/** A message with a secret, as the ops desk queues it; delivered unless `event` is missing. */
function say(transaction: string, event?: string): void {
  const { outbox } = house;
  const audience = { kind: 'ops' } as const;
  outbox.add({ transaction, room: '!ops', audience, type: 'm.room.message', content: {} });
  if (event !== undefined) outbox.markSent(outbox.find(transaction)!.id, event);
}

function handOver(): string {
  const { text } = newRecoveryCode();
  house.handOver.noteCode('kin.code', text);
  say('kin.code', '$code');
  house.handOver.noteMessage('kin.key');
  return text;
}

const audited = () => house.state.control.audit.recent(9).map(({ target, outcome }) => `${target} ${outcome}`);

it('takes both messages back once the last group is typed from the paper, and status stops asking', async () => {
  const code = handOver();
  say('kin.key', '$key');
  expect(await run('status')).toContain('**Recovery code** not confirmed yet');
  expect(await run(`keys confirm ${code.slice(-5).toLowerCase()}`)).toMatch(/^\*\*Right.*taken back 2 messages/);
  expect(house.takenBack).toEqual(['$code', '$key']);
  expect(await run('status')).not.toContain('Recovery code');
  expect(await run('keys confirm 00000')).toMatch(/^There is nothing to confirm/);
  expect(audited().at(-1)).toBe('recovery-code done');
});

it('says which kind of mistake it was, and takes nothing back', async () => {
  const code = handOver();
  say('kin.key', '$key');
  const end = code.slice(-5);
  const mistyped = `${end.slice(0, -1)}${end.endsWith('7') ? '8' : '7'}`;
  expect(await run(`keys confirm ${end.slice(1)}`)).toBe('recovery-group-length');
  expect(await run(`keys confirm ${mistyped}`)).toBe('recovery-group-typo');
  let other = newRecoveryCode().text;
  while (other.slice(-5) === end) other = newRecoveryCode().text;
  expect(await run(`schlüssel bestätigen ${other.slice(-5)}`)).toBe('recovery-group-other');
  expect(house.takenBack).toEqual([]);
  expect(await run('status')).toContain('not confirmed yet');
  expect(audited()).toEqual(Array(3).fill('recovery-code refused'));
});

it('waits for a message that is still on its way', async () => {
  const code = handOver();
  say('kin.key');
  expect(await run(`keys confirm ${code.slice(-5)}`)).toBe('hand-over-waiting');
  expect(house.takenBack).toEqual([]);
});

it('keeps nothing of the code but a hash of its end, and where the messages stand when the outbox forgets', async () => {
  const code = handOver();
  say('kin.key', '$key');
  const kept = house.state.control.facts.get('hand-over')!;
  for (const group of code.split('-')) expect(kept).not.toContain(group);
  house.handOver.noteDelivered();
  house.outbox.prune(Number.MAX_SAFE_INTEGER);
  await run(`keys confirm ${code.slice(-5)}`);
  expect(house.takenBack).toEqual(['$code', '$key']);
  expect(house.state.control.facts.get('hand-over')).toBeUndefined();
});
