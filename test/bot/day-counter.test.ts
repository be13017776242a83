import { expect, it } from 'vitest';
import { countOf, percentile } from '../../core/answer-times.ts';
import { CHAT } from './dispatcher-side.ts';
import { useStage } from './use-stage.ts';

const stage = useStage();
const today = () => {
  const [day, ...others] = stage().home.state.control.daily.between('1970-01-01', '2100-01-01');
  expect(others).toEqual([]);
  return day;
};

it('counts answers with the time that they took, and files that were kept, once each', async () => {
  stage().ask = (_caller, { text }) => {
    stage().home.clock.now += 20_000;
    return Promise.resolve(`answer to ${text}`);
  };
  const letter = await stage().file('The rent is due on the third.');
  await stage().arrive(CHAT, letter);
  await stage().settle();
  await stage().arrive(CHAT, await stage().file('The rent is due on the third.'));
  await stage().arrive(CHAT, await stage().say('When is the rent due?'));
  await stage().arrive(CHAT, await stage().say('!files'));
  await stage().settle();
  expect(today()?.files).toBe(1);
  expect(countOf(today()!.answers)).toBe(1);
  expect(percentile(today()!.answers, 0.5)! / 20).toBeCloseTo(1, 1);
});

it('counts neither questions without an answer nor answers that failed, and a count that fails costs no answer', async () => {
  stage().ask = () => Promise.reject(new Error('broken'));
  await stage().arrive(CHAT, await stage().say('When is the rent due?'));
  await stage().settle();
  expect(today()).toBeUndefined();
  stage().ask = () => Promise.resolve('On the third.');
  stage().home.state.control.daily.noteAnswer = () => {
    throw new Error('disk full');
  };
  await stage().arrive(CHAT, await stage().say('And when is it due?'));
  expect((await stage().settle()).at(-1)).toBe('On the third.');
  expect(stage().home.inbox.counts()).toMatchObject({ open: 0 });
});
