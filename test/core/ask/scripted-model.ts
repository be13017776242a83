import type { LanguageModel, PromptMessage } from '../../../core/question.ts';

/** A language model that says what the script says, piece by piece, and keeps the prompts. Only for what a real one does not do on demand. */
export function scriptedModel(
  script: (prompt: readonly PromptMessage[]) => Iterable<string>,
  contextTokens = 4096,
): LanguageModel & { prompts: (readonly PromptMessage[])[] } {
  const prompts: (readonly PromptMessage[])[] = [];
  return {
    model: 'scripted',
    contextTokens,
    prompts,
    async *stream(messages, { signal }) {
      prompts.push(messages);
      for (const part of script(messages)) {
        signal?.throwIfAborted();
        yield part;
      }
    },
  };
}
