import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { Language } from '../../core/caller.ts';
import type { Clock } from '../../core/clock.ts';
import type { OpenState } from '../../core/control.ts';
import { AppError } from '../../core/errors.ts';
import { step } from '../../core/step.ts';
import { randomSecret } from './make-secret.ts';
import type { Owner } from './plan/plan.ts';
import type { AccountSession } from './synapse-admin.ts';
import { sayAtSetup } from './wording/say-setup.ts';

/** The client is a program of the bot: ops imports nothing of it. */
const CLIENT = fileURLToPath(new URL('../../bot/first-message.ts', import.meta.url));

const TOLD = z.object({
  ok: z.boolean(),
  kept: z.string().nullable(),
  answer: z.string().nullable(),
  isModelMissing: z.boolean(),
});

/** What came of it: the bot's own words. */
export interface FirstConversation extends z.infer<typeof TOLD> {
  readonly question: string;
  /** From the start of the guest's client to the answer, in milliseconds. */
  readonly tookMs: number;
}

/** How the guest reaches the homeserver. */
export interface Way {
  readonly homeserver: string;
  /** Where its name leads; undefined: as everywhere on this machine. */
  readonly address: string | undefined;
  /** Authority that its certificate is checked by besides those of this machine. */
  readonly authorityFile: string | undefined;
}

/** Who talks to whom. */
interface Talk extends Way {
  readonly guest: AccountSession;
  readonly guestId: string;
  readonly botId: string;
  readonly language: Language;
  /** With whose rights the guest's client runs. */
  readonly account: Owner;
  readonly clock: Clock;
  readonly timeoutMs: number;
}

/** How long the erasure of the guest may take before it is left to the bot. */
const ERASE_MS = 90_000;

/**
 * Lets a guest into the household, who sends an encrypted file and asks about it as any member would, and erases them again with all that
 * was kept of them. `state` is the household's, beside the running bot. The guest's account stays: ending it is the caller's.
 */
export async function firstConversation({ control, erasing }: OpenState, talk: Talk): Promise<FirstConversation> {
  const { guestId, language, clock } = talk;
  const note = (action: string) =>
    control.audit.append({ at: clock(), actor: 'shell', action, target: guestId, outcome: 'done' });
  control.people.add({ id: guestId, role: 'member', language });
  note('setup.guest-added');
  step('setup-guest-added');
  try {
    const told = await converse(talk);
    step('setup-answered');
    return told;
  } finally {
    eraseGuest({ control, erasing }, talk);
    note('setup.guest-erased');
    step('setup-guest-erased');
    await untilErased({ erasing }, guestId);
  }
}

/** Plans the erasure of a guest of this run or of one that was cut off; false when there is none. */
export function eraseGuest(
  { control, erasing }: Pick<OpenState, 'control' | 'erasing'>,
  { guestId, clock }: Pick<Talk, 'guestId' | 'clock'>,
): boolean {
  const person = control.people.find(guestId);
  if (person === undefined) return false;
  const { id, tenant, language } = person;
  erasing.book.plan({ kind: 'person', cause: 'ordered', person: id, tenant, language, dueAt: clock() });
  control.people.remove(guestId);
  return true;
}

/** Waits until the bot has erased a guest; what takes longer it goes on with by itself. */
export async function untilErased({ erasing }: Pick<OpenState, 'erasing'>, guestId: string): Promise<void> {
  for (const end = Date.now() + ERASE_MS; erasing.book.openOf(guestId) !== undefined && Date.now() < end; )
    await pause(200);
}

async function converse({
  homeserver,
  address,
  authorityFile,
  guest,
  botId,
  language,
  account,
  timeoutMs,
}: Talk): Promise<FirstConversation> {
  const code = randomSecret(10).toUpperCase();
  const question = sayAtSetup(language, 'first.question');
  const file = { name: sayAtSetup(language, 'first.file-name'), text: sayAtSetup(language, 'first.file', { code }) };
  const began = performance.now();
  const order = { homeserver, address, guest, bot: botId, file, question, expected: code, language, timeoutMs };
  const told = await runClient(order, { account, authorityFile });
  return { ...told, question, tookMs: Math.round(performance.now() - began) };
}

async function runClient(
  order: object,
  { account, authorityFile }: Pick<Talk, 'account' | 'authorityFile'>,
): Promise<z.infer<typeof TOLD>> {
  const child = spawn(process.execPath, ['--disable-warning=DEP0060', CLIENT], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: authorityFile === undefined ? {} : { NODE_EXTRA_CA_CERTS: authorityFile },
    ...(process.getuid?.() === 0 && account),
  });
  child.stdin.on('error', () => undefined).end(JSON.stringify(order));
  const [said, complaint, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  const told = TOLD.safeParse(code === 0 ? parsed(said) : undefined);
  if (told.success) return told.data;
  throw new AppError(
    'unavailable',
    `the first conversation could not be tried: ${complaint.trim().split('\n').at(-1) ?? ''}`,
    {
      hint: 'Look whether bot and homeserver run (`kinkeeper doctor`), and run set-up again: it goes on where it stopped.',
    },
  );
}

function parsed(said: string): unknown {
  try {
    return JSON.parse(said);
  } catch {
    return undefined;
  }
}
