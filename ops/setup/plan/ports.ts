import type { Answers } from '../answers.ts';

/** Ports of this machine that the household takes. */
export function portsOf(answers: Answers): number[] {
  if (answers.kind === 'compose') return [80, 443];
  return answers.apiListen === '' ? [] : [Number(answers.apiListen.split(':')[1])];
}
