import { stringify } from 'yaml';
import { SETTING_KEYS, type SettingKey, sectionOf, setting, variableOf } from './settings.ts';

const HEADER = `# Settings of Kinkeeper: copy to kinkeeper.yaml and change what differs.
# Generated from config/settings by \`node config/write-sample.ts\`; do not edit here.
# Every setting can also be given as the environment variable named beside it. Paths start at this file's folder.
# Secrets are never written here: name a file of mode 600, or hand over a systemd credential of the name given.
`;

const INDENT = '  ';

/** The commented settings file that shows every setting. Settings that may be left out are commented. */
export function sampleYaml(): string {
  const lines = [HEADER];
  let open: string[] = [];
  for (const key of SETTING_KEYS) {
    const sections = key.split('.').slice(0, -1);
    for (const [depth, name] of sections.entries()) {
      if (open[depth] !== name) {
        lines.push(`${INDENT.repeat(depth)}${name}:`);
        open = open.slice(0, depth);
      }
      open[depth] = name;
    }
    open = sections;
    lines.push(...settingLines(key));
  }
  return `${lines.join('\n')}\n`;
}

function settingLines(key: SettingKey): string[] {
  const row = setting(key);
  const section = sectionOf(key);
  const path = key.split('.');
  const indent = INDENT.repeat(path.length - 1);
  const notes = [
    row.only ? `for ${section}.kind ${row.only.join(', ')}` : '',
    row.credential ? `systemd credential: ${row.credential}` : '',
    variableOf(key),
  ].filter((note) => note !== '');
  const name = path.at(-1)!;
  const value = stringify(
    { [name]: row.example ?? row.fallback },
    { lineWidth: 0, defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'PLAIN' },
  );
  const lines = value
    .trimEnd()
    .split('\n')
    .map((line) => `${indent}${row.only || row.switchesOn ? `# ${line}` : line}`);
  return [`${indent}# ${row.meaning}.`, `${indent}#   expects ${row.type.expected} (${notes.join('; ')})`, ...lines];
}
