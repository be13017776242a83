import type { Synapse } from '../lab/synapse.ts';
import { countMessages } from './count-messages.ts';

/** A model of vectors is loaded when the first text needs it. */
const QUICK_MS = 60_000;
/** A language model on a small machine takes minutes. */
const PATIENT_MS = 300_000;

/** What `auto` found for the bot, read from its log: in words, whether it decides answers, and how long one may therefore take. */
export function modelsInWords(log: string): { lines: string[]; decide: boolean; patienceMs: number } {
  const chosen = chosenModels(log);
  const answering = chosen.find(({ choice }) => choice.startsWith('answering.'))?.model;
  const embedding = chosen.find(({ choice }) => choice.startsWith('embedding.'))?.model;
  return {
    lines: [
      `Answers  ${answering === undefined ? 'the passages themselves (no language model was found on this machine)' : `written by ${answering}`}`,
      `Finding  by words and built-in token vectors${embedding === undefined ? '' : `, and by ${embedding}`}`,
    ],
    decide: answering !== undefined || embedding !== undefined,
    patienceMs: answering === undefined ? QUICK_MS : PATIENT_MS,
  };
}

function chosenModels(log: string): { choice: string; model?: string }[] {
  const line = log.split('\n').find((one) => one.includes('"the bot is up"'));
  return line === undefined ? [] : (JSON.parse(line) as { models: { choice: string; model?: string }[] }).models;
}

/** What lies on the homeserver, in one line; `leaks` counts messages of the bot in the clear. */
export async function countInWords(synapse: Synapse): Promise<{ line: string; leaks: number }> {
  const { rooms, encrypted, byBot, plainByBot } = await countMessages(synapse);
  const line = `On the homeserver: ${encrypted} encrypted messages in ${rooms} rooms, ${byBot} of them by Kin; ${plainByBot} by Kin in the clear`;
  return { line, leaks: plainByBot };
}
