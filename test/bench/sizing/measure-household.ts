import { setTimeout as pause } from 'node:timers/promises';
import { FamilyClient } from '../../lab/family-client.ts';
import { BOT, Household, type ProductProcess, passwordOf } from '../../lab/household.ts';
import { startLlmServer } from '../../lab/llm-server.ts';
import { startSynapse } from '../../lab/synapse.ts';
import { fillPapers } from './fill-papers.ts';
import { MemoryGroup, type MemoryTaken } from './memory-group.ts';

const GIB = 1024 ** 3;
/** What a server's own system takes: systemd, journal, sshd, fail2ban, the engine of the containers. */
const SYSTEM_BYTES = 0.25 * GIB;
const QUESTIONS = 10;
const FILES = 5;
const PATIENCE_MS = 300_000;

/** A machine, what a family put on it, and which models it has. */
export interface Sizing {
  readonly machineGib: number;
  readonly papers: number;
  /** The folder and name of an embedding model; undefined: none. */
  readonly embedding?: { readonly modelsDir: string; readonly model: string } | undefined;
  /** A language model, too. */
  readonly hasLanguageModel: boolean;
}

/** How it did. Times in seconds, as a person waits for them in the chat. */
export interface SizingFigures extends MemoryTaken {
  readonly startSeconds: number;
  readonly answerSeconds: { readonly middle: number; readonly longest: number };
  readonly fileSeconds: { readonly middle: number; readonly longest: number };
}

/** Runs homeserver, bot, ops and language model on memory of that size, with real encryption. Throws when somebody waits in vain. */
export async function measureHousehold(sizing: Sizing): Promise<SizingFigures> {
  await using cleanup = new AsyncDisposableStack();
  const { machineGib, hasLanguageModel } = sizing;
  const group = new MemoryGroup(`sizing-${machineGib}`, machineGib * GIB - SYSTEM_BYTES);
  cleanup.defer(() => group.remove());
  const synapse = await group.within(() => startSynapse({ rateLimits: 'lifted' }));
  cleanup.defer(() => synapse.stop());
  const model = hasLanguageModel ? await group.within(() => startLlmServer()) : undefined;
  if (model) cleanup.defer(() => model.stop());
  const embedding = sizing.embedding
    ? { kind: 'transformers' as const, ...sizing.embedding }
    : { kind: 'none' as const };
  const answering = model && {
    ...{ kind: 'openai', url: model.baseUrl, model: model.model, contextTokens: model.contextTokens },
  };
  const home = await Household.prepare({
    ...{ synapse, people: [{ local: 'ada', role: 'admin' }] },
    settings: { embedding, ...(answering && { answering }) },
  });
  cleanup.defer(() => home.close());
  const questions = await fillPapers({
    ...{ stateDir: home.stateDir, passphrase: 'a passphrase of the laboratory', person: '@ada:home.test' },
    ...{ papers: sizing.papers, embedding },
  });
  const started = performance.now();
  const bot = await group.within(() => home.startBot());
  await group.within(() => home.startOps());
  await untilInTouch(bot);
  const startSeconds = (performance.now() - started) / 1000;
  const ada = home.adopt(
    await FamilyClient.login({
      ...{ homeserver: synapse.baseUrl, user: 'ada', password: passwordOf('ada'), crossSigned: true },
    }),
  );
  const room = await ada.openChatWith(BOT, { encrypted: true });
  await ada.awaitMembership(room, BOT, 'join', PATIENCE_MS);
  await ada.nextMessage(room, { from: BOT, timeoutMs: PATIENCE_MS });
  const fileSeconds = await timed(FILES, async (i) => {
    const bytes = Buffer.from(`Meter ${i}\n\n${questions.join(' ')}`);
    const event = await ada.sendFile(room, { name: `meter-${i}.txt`, bytes, mime: 'text/plain' });
    await replyTo(ada, { room, event, matching: /is document/ });
  });
  const answerSeconds = await timed(QUESTIONS, async (i) => {
    const event = await ada.say(room, questions[i * 7]!);
    await replyTo(ada, { room, event, matching: /\[1\]|don't say|come closest/ });
  });
  return { startSeconds, fileSeconds, answerSeconds, ...group.taken() };
}

async function untilInTouch(bot: ProductProcess): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!bot.output().includes('in touch with the homeserver')) {
    if (bot.child.exitCode !== null || Date.now() > deadline)
      throw new Error(`the bot did not start:\n${bot.output()}`);
    await pause(10);
  }
}

/** Waits for the last words of a reply, not for the first sign of it. */
async function replyTo(
  client: FamilyClient,
  { room, event, matching }: { room: string; event: string; matching: RegExp },
): Promise<void> {
  const isReply = (content: Record<string, unknown>) => JSON.stringify(content['m.relates_to'] ?? {}).includes(event);
  await client.until(
    `a reply matching ${matching}`,
    () => client.messages(room).some(({ text, content }) => isReply(content) && matching.test(text)),
    PATIENCE_MS,
  );
}

async function timed(count: number, work: (i: number) => Promise<void>): Promise<{ middle: number; longest: number }> {
  const times: number[] = [];
  for (let i = 0; i < count; i++) {
    const started = performance.now();
    await work(i);
    times.push((performance.now() - started) / 1000);
  }
  times.sort((a, b) => a - b);
  return { middle: times[times.length >> 1]!, longest: times.at(-1)! };
}
