import { expect, test } from 'vitest';
import { ALERT_SHAPES, type AlertCode } from '../../../core/wording/alerts/facts.ts';
import { sayAlert, sayOver } from '../../../core/wording/alerts/say-alert.ts';

const HOURS = 3 * 3600;

test('the end of an alert says a whole sentence, also where a unit is written with a dot', () => {
  const facts = { seconds: HOURS };
  expect(sayOver('de', { code: 'bot-silent', facts })).toBe('Der Bot ist seit 3 Std. stumm.');
  expect(sayOver('de', { code: 'backup-old', facts })).toBe('Die neueste Sicherung ist 3 Std. alt.');
  expect(sayOver('de', { code: 'replies-waiting', facts: { ...facts, count: 2 } })).toMatch(/3 Std\. lang\.$/);
  expect(sayOver('en', { code: 'bot-silent', facts })).toBe('The bot has been silent for 3 hrs.');
  expect(sayOver('de', { code: 'container-stopped', facts: { name: 'x' } })).toBe('Der Container x läuft nicht.');
});

test('no alert ends a sentence twice', () => {
  for (const [code, shape] of Object.entries(ALERT_SHAPES))
    for (const language of ['en', 'de'] as const) {
      const facts = Object.fromEntries(
        Object.entries(shape).map(([name, kind]) => [name, kind === 'text' ? 'one' : HOURS]),
      );
      expect(sayAlert(language, { code: code as AlertCode, facts, repeats: 0 })).not.toMatch(/\.\.(\s|$)/);
    }
});
