import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OpenState } from '../../../core/control.ts';
import { openState } from '../../../core/sqlite/open-state.ts';
import { holdLock } from '../../../core/sqlite/process-lock.ts';
import { endTrial } from '../../../core/trial.ts';
import { openSealedZip } from '../../../core/zipjs/sealed-zip.ts';
import { encryptedPdf } from '../../core/ingest/encrypted-pdf.ts';
import { type ConsoleHome, consoleHome } from './console-process.ts';

const LEASE = `# Lease

## Rent

The rent is 940 euros a month and is due on the third working day.

## Deposit

The deposit is three monthly rents and is kept on a savings account.
`;

let home: ConsoleHome;
beforeEach(() => {
  home = consoleHome();
});
afterEach(() => home.remove());

describe('the console', () => {
  it('reads files, answers from them, lists and forgets them, over several runs', async () => {
    home.write('Our lease.md', LEASE);
    home.write('notes.txt', 'The bicycle key hangs behind the kitchen door.\n');
    const first = await home.run([
      'add "Our lease.md" notes.txt',
      'When is the rent due?',
      '!files',
      'quit',
      'never read',
    ]);
    expect(first).toMatchObject({ code: 0 });
    expect(first.stdout).toMatch(/recovery code, shown only this once: [0-9A-Z-]{40,}/);
    expect(first.stdout).toContain('I read Our lease.md: ');
    expect(first.stdout).toContain('It is document 2; !forget 2 removes it.');
    expect(first.stdout).toMatch(/Our lease\.md, Lease.*\n“.*third working day/s);
    expect(first.stdout).toContain('- 1 Our lease.md (md, ');
    expect(first.stdout).not.toContain('**');
    expect(first.stderr).toContain('Reading Our lease.md …');

    const second = await home.run(['add notes.txt', '!forget 1', 'When is the rent due?', '/files', '!export 2']);
    expect(second).toMatchObject({ code: 0 });
    expect(second.stdout).not.toContain('recovery code');
    expect(second.stdout).toContain('I know notes.txt already: it is document 2, kept since');
    expect(second.stdout).toContain('Forgotten: Our lease.md (document 1)');
    expect(second.stdout).not.toContain('third working day');
    expect(second.stdout).toContain('I know 1 document from you');
    expect(second.stdout).toContain('The bicycle key hangs behind the kitchen door.');
  });

  it('exports everything into a new folder, sealed, with the password on the screen', async () => {
    home.write('lease.md', LEASE);
    const { code, stdout } = await home.run(['add lease.md', '!export']);
    expect(code).toBe(0);
    const folder = /is in (.*\/kinkeeper-export-\w{6}), in 1 file\./.exec(stdout)?.[1] ?? '';
    const password = /The password: (\S+)/.exec(stdout)?.[1] ?? '';
    expect(readdirSync(folder)).toEqual(['kinkeeper-export-1-of-1.zip']);
    const bytes = readFileSync(join(folder, 'kinkeeper-export-1-of-1.zip'));
    const files = await openSealedZip(bytes, { part: 'it', password });
    expect(new TextDecoder().decode(files.get('index.html'))).toContain('third working day');
    expect(bytes.toString('latin1')).not.toContain('lease');
  });

  it('keeps people apart, and speaks the language of each', async () => {
    home.write('lease.md', LEASE);
    await home.run(['add lease.md']);
    const ben = await home.run(['Wann ist die Miete fällig?', '!dateien', '!status', '!sprache en', '!files'], {
      args: ['--as', '@ben:home.test', '--config', join(home.folder, 'kinkeeper.yaml')],
    });
    expect(ben.stdout).not.toMatch(/lease|940|third/i);
    expect(ben.stdout).toContain('Ich habe noch keine Unterlagen von dir.');
    expect(ben.stdout).toContain('Das darf nur ein Admin.');
    expect(ben.stdout).toContain('I know no documents from you yet.');
    const ada = await home.run(['!status']);
    expect(ada.stdout).toContain('Kept for 2 people: 1 document');
  });

  it('forgets for good: the same file added again is a new document', async () => {
    home.write('lease.md', LEASE);
    const run = await home.run(['add lease.md', '!forget 1', 'add lease.md', '!files']);
    expect(run.stdout).toContain('- 2 lease.md');
    expect(run.stdout).not.toContain('- 1 lease.md');
  });

  it('opens a locked file with the password that is typed next', async () => {
    home.write('locked.pdf', encryptedPdf);
    const run = await home.run(['add locked.pdf', '!password wrong', '!password user', '!files']);
    expect(run.stdout).toMatch(
      /locked\.pdf is locked with a password[\s\S]*does not open locked\.pdf[\s\S]*I read locked\.pdf[\s\S]*- 1 locked\.pdf/,
    );
  });

  it('replaces an older file of the same name, and keeps both when asked', async () => {
    home.write('lease.md', LEASE);
    await home.run(['add lease.md']);
    home.write('lease.md', LEASE.replaceAll('940', '990'));
    const run = await home.run(['add lease.md', 'How much is the rent?', '!keep 1', '!files']);
    expect(run.stdout).toContain('It takes the place of document 1');
    expect(run.stdout).toMatch(/- 1 lease\.md[^\n]*\n- 2 lease\.md/);
    expect(run.stdout.split('!keep 1')[1]!.split('is used for answers again')[0]).not.toContain('940');
  });

  it('explains what it can’t read, goes on, and ends with 1', async () => {
    home.write('empty.txt', '');
    home.write('program.pdf', Uint8Array.from([0x4d, 0x5a, 0x90, 0, 3, 0, 0, 0, 4, 0, 0, 0, 255, 255, 0, 0]));
    home.write('big.txt', 'word '.repeat(1000));
    home.write('notes.txt', 'The bicycle key hangs behind the kitchen door.\n');
    const run = await home.run([
      'add',
      'add empty.txt missing.txt program.pdf . notes.txt',
      '!forget 7',
      '!fiels',
      'quit',
    ]);
    expect(run.code).toBe(1);
    for (const text of [
      'Which file? It goes like this: add <path>',
      'The file is empty.',
      'There is no file “missing.txt” that I could read.',
      "I can't read this kind of file",
      'I read notes.txt',
      'I know no document 7 of yours.',
      'Did you mean !files?',
    ]) {
      expect(run.stdout).toContain(text);
    }
    const large = await home.run(['add big.txt'], { env: { KINKEEPER_LIMITS_FILE_BYTES: '2048' } });
    expect(large).toMatchObject({ code: 1 });
    expect(large.stdout).toContain('The file is larger than the 2 kB I may read.');
  });

  it('puts what people can understand into words only, and its own lines into the help', async () => {
    const run = await home.run(['!show 7', '!help', 'hilfe', '!help files'], { env: { KINKEEPER_LOG: 'info' } });
    expect(run.stdout).toContain('I know no document 7 of yours.');
    expect(run.stdout + run.stderr).not.toMatch(/"level"|"err"|\.ts:\d/);
    expect(run.stdout.match(/- add <path> … reads files\n- quit ends/g)).toHaveLength(2);
  });

  it('lets no control character of a file reach the terminal', async () => {
    home.write('a\u001b]0;owned\u0007b.html', '<p>Escape &#27;[2J here, and the bell &#7; rings.</p>');
    const run = await home.run([
      'add "a\u001b]0;owned\u0007b.html"',
      'What about the bell?',
      '!files',
      '!export 1',
      '\u001b[2J?',
    ]);
    expect(run.stdout + run.stderr).not.toMatch(/[^\P{Cc}\n\t]/u);
    expect(run.stdout).toContain('the bell');
  });

  it('leaves nothing readable in the state folder', async () => {
    home.write('zanzibarfile.txt', 'The quokkaword stands only here.\n');
    await home.run(['add zanzibarfile.txt', 'Where is the quokkaword?', 'What is xylofonquestion?']);
    const state = join(home.folder, 'state');
    for (const name of readdirSync(state, { recursive: true, encoding: 'utf8' })) {
      const path = join(state, name);
      if (
        !existsSync(path) ||
        readdirSync(join(path, '..'), { withFileTypes: true }).some(
          (entry) => entry.name === path.split('/').pop() && entry.isDirectory(),
        )
      )
        continue;
      const bytes = readFileSync(path).toString('latin1');
      for (const word of ['zanzibarfile', 'quokkaword', 'xylofonquestion', 'horse battery'])
        expect(bytes, name).not.toContain(word);
    }
  });
});

describe('exit codes', () => {
  it('2 for settings and usage, with the reason on stderr', async () => {
    const wrongSetting = await home.run([], { env: { KINKEEPER_LOG: 'loud' } });
    expect(wrongSetting).toMatchObject({ code: 2, stdout: '' });
    expect(wrongSetting.stderr).toContain('KINKEEPER_LOG');
    const option = await home.run([], { args: ['--nonsense'] });
    expect(option.code).toBe(2);
    expect(option.stderr).toContain('usage: kinkeeper console');
    const stranger = await home.run(['!files'], { args: ['--as', '@eve:home.test'] });
    expect(stranger.code).toBe(2);
    expect(stranger.stdout).toMatch(/^This state folder is new\. Its recovery code[^!]*$/);
    home.write('kinkeeper.yaml', 'stateDir: ./state\npeople: [{ id: "@ada:home.test", role: admin }]\n');
    const sealed = await home.run(['!files']);
    expect(sealed).toMatchObject({ code: 2, stdout: '' });
    expect(sealed.stderr).toContain('KINKEEPER_KEYS_PASSPHRASE_FILE');
  });

  it('1 for a wrong passphrase, and for a state that the bot works on', async () => {
    expect((await home.run(['!help'])).code).toBe(0);
    home.write('passphrase', 'wrong');
    const wrong = await home.run(['!files']);
    expect(wrong).toMatchObject({ code: 1, stdout: '' });
    expect(wrong.stderr).toContain('passphrase');
    home.write('passphrase', 'correct horse battery staple');
    mkdirSync(join(home.folder, 'state'), { recursive: true });
    using lock = holdLock(join(home.folder, 'state', 'bot.lock'));
    const busy = await home.run(['!files']);
    expect(lock).toBeDefined();
    expect(busy).toMatchObject({ code: 1, stdout: '' });
    expect(busy.stderr).toContain('another process already works on this state folder');
  });

  it('0 for --help, without touching anything', async () => {
    const help = await home.run([], { args: ['--help'], env: { KINKEEPER_LOG: 'loud' } });
    expect(help).toMatchObject({ code: 0, stderr: '' });
    expect(existsSync(join(home.folder, 'state'))).toBe(false);
  });

  it('opens no state folder that a bot has served or made, and leaves a row there', { timeout: 60_000 }, async () => {
    home.write('diary.txt', 'The code of the safe is 4711.\n');
    const asBen = { args: ['--as', '@ben:home.test'] };
    expect(await home.run(['add diary.txt'], asBen)).toMatchObject({ code: 0 });
    {
      using state = await openHome();
      expect(rowsOf(state)).toEqual([['shell', state.control.people.find('@ben:home.test')!.tenant, 'done']]);
      // As the bot does at its start.
      endTrial(state.control);
    }
    const refused = await home.run(['What is the code of the safe?', '!export 1'], asBen);
    expect(refused.code).toBe(1);
    expect(refused.stdout).toBe('');
    expect(refused.stderr).toContain('the console opens only what it made itself');
    using state = await openHome();
    expect(rowsOf(state)).toHaveLength(2);
    expect(rowsOf(state)[0]).toEqual(['shell', '-', 'refused']);
  });

  it('opens no state folder that it did not make', { timeout: 60_000 }, async () => {
    (await openHome())[Symbol.dispose]();
    const { code, stderr } = await home.run(['!files']);
    expect([code, stderr]).toEqual([1, expect.stringContaining('the console opens only what it made itself')]);
  });
});

function openHome(): Promise<OpenState> {
  const stateDir = join(home.folder, 'state');
  return openState({ stateDir, passphrase: 'correct horse battery staple', create: true, clock: Date.now });
}

/** The newest first. */
function rowsOf({ control }: OpenState): string[][] {
  const started = control.audit.recent(99).filter(({ action }) => action === 'console.started');
  return started.map(({ actor, target, outcome }) => [actor, target, outcome]);
}
