import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { marked } from 'marked';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findCommand } from '../../bot/commands/find-command.ts';
import { COMMANDS } from '../../bot/commands/index.ts';
import { loadLocalConfig } from '../../config/load.ts';
import { LANGUAGES } from '../../core/caller.ts';
import type { OpenState } from '../../core/control.ts';
import { ok, warn } from '../../ops/doctor/finding.ts';
import { type GdprFacts, gatherFacts } from '../../ops/gdpr/facts.ts';
import { writePapers } from '../../ops/gdpr/write-papers.ts';
import { openTestState } from './open-test-state.ts';

const AT = Date.UTC(2027, 0, 31, 12);
let state: OpenState;
let remove: () => void;
let folder: string;
beforeEach(async () => {
  ({ state, remove } = await openTestState(() => AT));
  folder = mkdtempSync(join(tmpdir(), 'kin-gdpr-'));
});
afterEach(() => {
  remove();
  rmSync(folder, { recursive: true, force: true });
});

const ENV = {
  KINKEEPER_MATRIX_HOMESERVER: 'https://matrix.family.example',
  KINKEEPER_MATRIX_USER_ID: '@kin:family.example',
  KINKEEPER_RETENTION_CHAT: '90 days',
  KINKEEPER_RETENTION_CHAT_BOUNDS: '7 days to 1 year',
  KINKEEPER_RETENTION_AUDIT: '2 years',
};

function facts(env: Record<string, string> = ENV): GdprFacts {
  const { config } = loadLocalConfig({ file: undefined, env });
  const findings = [ok('keys', 'argon2id, 64 MiB, 3 passes'), warn('bot', 'bot is not running', 'start it')];
  return gatherFacts({ config, control: state.control, findings, passphrase: 'file', at: AT });
}

function papers(given: GdprFacts): Record<string, string> {
  const paths = writePapers(given, join(folder, 'out'), LANGUAGES);
  return Object.fromEntries(paths.map((path) => [path.split('/').at(-1), readFileSync(path, 'utf8')]));
}

describe('the papers for the law', () => {
  test('say what the settings and the state say, in both languages, and name the day', () => {
    state.control.people.add({ id: '@ada:family.example', role: 'admin', language: 'en' });
    state.control.people.add({ id: '@ben:family.example', role: 'member', language: 'de' });
    state.control.heartbeats.beat({ process: 'bot', at: AT, figures: { documents: 42 } });
    const models = { answering: { name: 'qwen3', host: 'gpu.example' }, embedding: { name: 'e5', host: null } };
    state.control.facts.set('models-in-use', JSON.stringify(models));
    state.control.audit.append({ at: 1, actor: 'a', action: 'b', target: '-', outcome: 'done' });
    const written = papers(facts());
    expect(Object.keys(written)).toHaveLength(6);
    const english = written['record-of-processing.en.md']!;
    for (const words of [
      '31 January 2027',
      '2 people use it, 1 as an admin',
      'matrix.family.example',
      'qwen3 on gpu.example, which receives the texts for it in the clear',
      'e5 on this server: nobody receives anything',
      '| questions and answers | 90 days; people may choose from 7 days to 1 year |',
      '| audit trail | 2 years |',
      'until the person says otherwise; people may choose 30 days or longer, also without an end |',
      '| everything about somebody who wants to be erased | 3 days in which',
      'sealed for 30 days',
      'papers that somebody lends them',
      'keys: argon2id, 64 MiB, 3 passes',
      'Not as it should be:\n\n- bot: bot is not running – start it',
      '1 row, whole',
    ]) {
      expect(english).toContain(words);
    }
    const german = written['verarbeitungsverzeichnis.de.md']!;
    for (const words of [
      '31. Januar 2027',
      '2 Personen',
      'qwen3 auf gpu.example',
      '| Fragen und Antworten | 90 Tage; wählbar: 7 Tage bis 1 Jahr |',
      'bis die Person es anders sagt; wählbar: 30 Tage oder mehr, auch ohne Ende |',
      '| alles über jemanden, der gelöscht werden will | noch 3 Tage; so lange',
      'versiegelt; so lange kann man die Person wieder hereinlassen',
      'in Familienräume geschickt wird',
      '| Protokollkette | 2 Jahre |',
    ]) {
      expect(german).toContain(words);
    }
    for (const way of ['!vergiss alles', '!lösch-mich', '!zurücknehmen', '!verliehen', '!behalte']) {
      expect(written['datenschutzhinweise.de.md']).toContain(`\`${way}\``);
    }
    expect(written['datenschutzhinweise.de.md']).toContain('dann wird nach 30 Tagen alles gelöscht');
    for (const way of ['!forget all', '!delete-me', '!unshare', '!shares', '!keep']) {
      expect(written['privacy-notice.en.md']).toContain(`\`${way}\``);
    }
    expect(written['impact-assessment.en.md']).toContain('a lent paper goes further than meant');
    expect(written['impact-assessment.en.md']).toContain('**texts go to gpu.example**');
    expect(written['privacy-notice.en.md']).toContain('42 documents');
    for (const text of Object.values(written)) {
      expect(text).not.toMatch(/undefined|NaN|\[object/);
      expect(text).toMatch(/\*\*\[(to be filled in|auszufüllen): /);
      expect(text).toMatch(/^## \d+\. (What this .+ does not know|Was dieses? .+ nicht (weiß|wissen))$/m);
      for (const [, name = '', rest = ''] of text.matchAll(/`!([\p{L}-]+)([^`]*)`/gu)) {
        expect(findCommand(COMMANDS, name, rest.trim()), name).toBeDefined();
      }
      expect(marked.parse(text, { async: false })).toContain('<h2>');
    }
  });

  test('claim nothing that is not known: a house whose bot has not run yet', () => {
    const written = papers(facts({}));
    expect(written['record-of-processing.en.md']).toContain('not known, because the bot has not run yet');
    expect(written['record-of-processing.en.md']).toContain('homeserver (not set up yet)');
    expect(written['impact-assessment.en.md']).toContain('whether and where the server is backed up');
    expect(written['privacy-notice.en.md']).not.toMatch(/\d+ documents were kept/);
  });

  test('never overwrite what somebody may have filled in', () => {
    writePapers(facts(), folder, ['en']);
    expect(() => writePapers(facts(), folder, ['en'])).toThrow(
      expect.objectContaining({ code: 'conflict', hint: expect.stringContaining('--out') }),
    );
    const inFile = join(folder, 'privacy-notice.en.md', 'deeper');
    expect(() => writePapers(facts(), inFile, ['en'])).toThrow(expect.objectContaining({ code: 'unavailable' }));
  });
});
