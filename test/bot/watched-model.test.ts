import { afterEach, beforeEach, expect, test } from 'vitest';
import { watchedModel } from '../../bot/watched-model.ts';
import { AppError } from '../../core/errors.ts';
import { createLogger } from '../../core/log.ts';
import type { LanguageModel } from '../../core/question.ts';
import { openTestState } from '../ops/open-test-state.ts';

let fault: Error | undefined;
let model: LanguageModel;
let open: () => string[];
let remove: () => void;
let logged: string[];
beforeEach(async () => {
  const opened = await openTestState(() => 1_800_000_000_000);
  remove = opened.remove;
  [fault, logged] = [undefined, []];
  const { alerts } = opened.state.control;
  const log = createLogger({ name: 't', level: 'info', destination: { write: (line) => void logged.push(line) } });
  const scripted: LanguageModel = {
    ...{ model: 'm', contextTokens: 2048 },
    async *stream() {
      yield 'In ';
      if (fault) throw fault;
      yield 'May.';
    },
  };
  model = watchedModel(scripted, { alerts, log });
  open = () => alerts.open().map(({ code, facts }) => `${code} ${String(facts.reference).length}`);
});
afterEach(() => remove());

async function ask(signal?: AbortSignal): Promise<string> {
  let said = '';
  try {
    for await (const piece of model.stream([], { maxTokens: 9, ...(signal && { signal }) })) said += piece;
  } catch (error) {
    return (error as Error).message;
  }
  return said;
}

test('a model that fails twice in a row is told of, and that it works again', async () => {
  expect(await ask()).toBe('In May.');
  fault = new AppError('unavailable', 'away');
  expect(await ask()).toBe('away');
  expect(open()).toEqual([]);
  expect(await ask()).toBe('away');
  expect(await ask()).toBe('away');
  expect(open()).toEqual(['model-failing 8']);
  fault = undefined;
  expect(await ask()).toBe('In May.');
  expect(open()).toEqual([]);
});

test('a question that was stopped, and an answer now and then that fails, is nothing to tell', async () => {
  fault = new AppError('unavailable', 'away');
  for (let time = 0; time < 3; time++) await ask(AbortSignal.abort());
  for (let time = 0; time < 3; time++) {
    fault = undefined;
    await ask();
    fault = new AppError('unavailable', 'away');
    await ask();
  }
  expect(open()).toEqual([]);
  expect(logged.join('')).not.toContain('May');
});
