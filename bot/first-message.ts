import { z } from 'zod';
import { LANGUAGES } from '../core/caller.ts';
import { errorLine } from '../core/errors.ts';
import { EXIT, tellFailure, UsageError } from '../core/exit.ts';
import { GuestClient, type GuestMessage } from './matrix/guest-client.ts';
import { Homeserver } from './matrix/homeserver.ts';
import { leadName } from './matrix/lead-name.ts';
import { installTransport } from './matrix/transport.ts';
import { say } from './wording/say.ts';

/** What stdin holds, as JSON: on a command line anybody on the machine could read the token. */
const ORDER = z.object({
  homeserver: z.url(),
  /** Where the name in `homeserver` leads for this program, whatever it leads to from here otherwise. */
  address: z.string().optional(),
  /** An account that is logged in, with a device that has no keys yet. */
  guest: z.object({ userId: z.string(), deviceId: z.string(), accessToken: z.string() }),
  bot: z.string(),
  file: z.object({ name: z.string(), text: z.string() }),
  question: z.string(),
  /** What the answer has to hold to be one. */
  expected: z.string(),
  /** The bot's answers are in it. */
  language: z.enum(LANGUAGES),
  timeoutMs: z.number().int().positive(),
});
type Order = z.infer<typeof ORDER>;

/** What stdout tells, as JSON. `kept` and `answer` are the bot's messages in plain text; null for one that never came. */
interface Told {
  readonly ok: boolean;
  readonly kept: string | null;
  readonly answer: string | null;
  /** The answer came, but the language model that should have worded it did not. */
  readonly isModelMissing: boolean;
}

/** How often it is asked: the first time the file may still be read. */
const TRIES = 3;

process.umask(0o077);
process.exitCode = await main();

/**
 * Sends the bot an encrypted file and a question about it as a person would, and tells what it answered. Started by `kinkeeper setup`
 * (ops/setup). Exit code 0 with `ok` in the JSON, 1 when it could not be tried.
 */
async function main(): Promise<number> {
  try {
    const order = await readOrder();
    const deadline = AbortSignal.timeout(order.timeoutMs);
    installTransport(new AbortController().signal);
    if (order.address !== undefined) leadName(new URL(order.homeserver).hostname, order.address);
    process.stdout.write(`${JSON.stringify(await converse(order, deadline))}\n`);
    return EXIT.done;
  } catch (thrown) {
    return tellFailure(thrown, 'first message');
  }
}

async function readOrder(): Promise<Order> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  try {
    return ORDER.parse(JSON.parse(Buffer.concat(chunks).toString('utf8')));
  } catch (thrown) {
    throw new UsageError(
      `stdin has to hold what is to be sent, as JSON: ${thrown instanceof z.ZodError ? z.prettifyError(thrown) : errorLine(thrown)}`,
    );
  }
}

async function converse(order: Order, deadline: AbortSignal): Promise<Told> {
  const client = await GuestClient.open(new Homeserver(order.homeserver, deadline), order.guest);
  let kept: GuestMessage | undefined;
  try {
    const room = await client.openChatWith(order.bot, deadline);
    const bytes = new TextEncoder().encode(order.file.text);
    await client.sendFile(room, { bytes, name: order.file.name, mime: 'text/plain' });
    kept = await client.awaitMessage(({ text }) => text.includes(order.file.name) && isWhole(text), deadline);
    for (let tries = 0; tries < TRIES; tries++) {
      const answer = await ask(client, { room, order, deadline });
      if (answer.text.includes(order.expected))
        return { ok: true, kept: kept.text, answer: answer.text, isModelMissing: saysModelFailed(answer.text, order) };
    }
  } catch (thrown) {
    if (!deadline.aborted) throw thrown;
  } finally {
    await client.close();
  }
  return { ok: false, kept: kept?.text ?? null, answer: lastBut(client, kept), isModelMissing: false };
}

/** The first message that is new since the question and is not in the making any more. */
async function ask(
  client: GuestClient,
  { room, order, deadline }: { readonly room: string; readonly order: Order; readonly deadline: AbortSignal },
): Promise<GuestMessage> {
  const before = new Set(client.messages.map(({ event }) => event));
  await client.sendText(room, order.question);
  return client.awaitMessage(({ event, text }) => !before.has(event) && isWhole(text), deadline);
}

/** By the first words of what the bot says then; a message has lost its emphasis. */
function saysModelFailed(text: string, { language }: Order): boolean {
  const [, beginning] = /^\*\*(.+?)\*\*/.exec(say(language, 'answer.model-failed')) ?? [];
  return beginning !== undefined && text.replaceAll('*', '').includes(beginning);
}

function lastBut(client: GuestClient, kept: GuestMessage | undefined): string | null {
  const others = client.messages.filter(({ event }) => kept !== undefined && event !== kept.event);
  return others.at(-1)?.text ?? null;
}

/** What the bot is still at work on shows an ellipsis: progress at a file, an answer that grows. */
function isWhole(text: string): boolean {
  return !text.includes('…');
}
