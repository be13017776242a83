import { describe, expect, it } from 'vitest';
import { findCommand, namesOf } from '../../../bot/commands/find-command.ts';
import { exampleLines } from '../../../bot/commands/help.ts';
import { COMMANDS } from '../../../bot/commands/index.ts';
import { mayRun, placesOf } from '../../../bot/commands/may-run.ts';
import { firstWord, parseArguments } from '../../../bot/commands/parse-arguments.ts';
import { usageLine } from '../../../bot/commands/usage-line.ts';
import { say } from '../../../bot/wording/say.ts';
import { Caller, LANGUAGES, type PersonId, type Role, type TenantId } from '../../../core/caller.ts';

/** Slash commands that Element Web and Desktop keep for themselves (matrix-react-sdk, SlashCommands.tsx). */
const ELEMENT_OWN = new Set(
  `me spoiler shrug tableflip unflip lenny plain html upgraderoom jumptodate nick myroomnick roomavatar myroomavatar myavatar topic
  roomname invite join part leave kick remove ban unban ignore unignore op deop devtools addwidget verify discardsession
  remakeolm rainbow rainbowme help whois rageshake bugreport tovirtual query msg holdcall unholdcall converttodm converttoroom
  confetti fireworks hearts rain snow spaceinvaders`.split(/\s+/),
);

const caller = (role: Role) =>
  new Caller({ person: '@x:home.test' as PersonId, tenant: 'f'.repeat(32) as TenantId, role, language: 'en' });

describe('the list of commands', () => {
  it.each(['direct', 'family', 'ops'] as const)('names every command and alias once: %s', (place) => {
    const names = COMMANDS.filter((command) => placesOf(command).includes(place)).flatMap(namesOf);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
    for (const name of names) expect(name).toMatch(/^\p{Ll}+(-\p{Ll}+)?( \p{Ll}+)?$/u);
  });

  it.each(COMMANDS.map((command) => [command.name, command] as const))('%s is whole', (_name, command) => {
    expect(['member', 'admin']).toContain(command.role);
    expect(['direct', 'ops', 'both', 'chats', 'anywhere']).toContain(command.where);
    expect(typeof command.destructive).toBe('boolean');
    for (const language of LANGUAGES) {
      expect(say(language, `summary.${command.name}`)).not.toBe('');
      expect(usageLine(command, language).source).toMatch(/^`!\p{L}/u);
    }
    const optional = command.arguments.map((argument) => argument.optional === true);
    expect(optional, 'optional arguments come last').toEqual([...optional].sort());
  });

  it.each(
    COMMANDS.flatMap((command) =>
      LANGUAGES.flatMap((language) => exampleLines(command, language).map((example) => [example, command] as const)),
    ),
  )('the example "%s" is understood', (example, command) => {
    const [name, rest] = firstWord(example.slice(1));
    const found = findCommand(COMMANDS, name, rest, placesOf(command)[0]);
    expect(found?.command.name).toBe(command.name);
    const named = { known: [], server: 'example.org' };
    expect(parseArguments(command.arguments, found?.rest ?? '', named)).toMatchObject({ ok: true });
  });

  it.each([
    ['zuruecknehmen', '3', 'unshare'],
    ['loesch-mich', '', 'delete-me'],
    ['vergiss', 'gespraech', 'forget chat'],
    ['schluessel', 'bestaetigen 7QM3F', 'keys confirm'],
    ['zuru\u0308cknehmen', '3', 'unshare'],
  ])('a keyboard without umlauts types "%s %s"', (name, text, expected) => {
    expect(findCommand(COMMANDS, name, text)?.command.name).toBe(expected);
  });

  it('can be typed with "!" where the client keeps "/" for itself', () => {
    const taken = COMMANDS.flatMap(namesOf).filter((name) => ELEMENT_OWN.has(name));
    expect(taken).toEqual(['help']);
    for (const command of COMMANDS) expect(usageLine(command, 'en').source.startsWith('`!')).toBe(true);
  });

  it('lets members do nothing that only admins may, and the system nothing at all', () => {
    for (const command of COMMANDS) {
      for (const place of ['direct', 'family', 'ops'] as const) {
        if (command.role === 'admin') expect(mayRun(command, { caller: caller('member'), place })).toBe('admin-only');
        expect(mayRun(command, { caller: caller('system'), place })).toBe('admin-only');
        expect(mayRun(command, { caller: caller('owner' as Role), place })).toBe('admin-only');
      }
    }
  });

  it('audits everything destructive, and everything by which an admin changes something', () => {
    const audited = COMMANDS.filter((command) => command.audit !== null).map((command) => command.name);
    expect(audited.sort()).toEqual([
      ...['alerts ack', 'alerts snooze', 'apikey new', 'apikey revoke', 'cancel'],
      ...['delete-me', 'delete-me stop', 'evidence', 'export', 'feedback clear', 'forget', 'forget all', 'forget chat'],
      ...['incident rehearse', 'incident report'],
      ...[
        'keys confirm',
        'keys rotate',
        'lockdown',
        'people add',
        'people close',
        'people confirm',
        'people erase',
        'people remove',
      ],
      'people reset',
      ...['retention', 'rotate', 'run'],
      ...['share', 'shares end', 'unshare', 'update'],
    ]);
    for (const command of COMMANDS) if (command.destructive) expect(command.audit).not.toBeNull();
  });

  it('shows admins no way to people’s own data', () => {
    for (const command of COMMANDS) {
      if (command.role === 'admin' || command.where === 'ops') expect(command.needs).not.toContain('vault');
    }
  });
});
