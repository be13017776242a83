import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { missingSettings, settingsFileAtShell } from '../../config/settings-file.ts';

function usualFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'kin-settings-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'kinkeeper.yaml');
  writeFileSync(file, 'stateDir: ./state\n');
  return file;
}

test('a command finds the settings of set-up where nobody named others', () => {
  const usual = usualFile();
  expect(settingsFileAtShell(undefined, {}, usual)).toBe(usual);
  expect(settingsFileAtShell('other.yaml', {}, usual)).toBe('other.yaml');
  expect(settingsFileAtShell(undefined, { KINKEEPER_STATE_DIR: '/state' }, usual)).toBeUndefined();
  expect(settingsFileAtShell(undefined, { KINKEEPER_LAB: '/lab' }, usual)).toBe(usual);
  expect(settingsFileAtShell(undefined, {}, '/nowhere/kinkeeper.yaml')).toBeUndefined();
});

test('where there are none at all, the next step is named', () => {
  expect(missingSettings(undefined, {})?.fix).toContain('--config <data folder>/config/kinkeeper.yaml');
  expect(missingSettings('kinkeeper.yaml', {})).toBeUndefined();
  expect(missingSettings(undefined, { KINKEEPER_MATRIX_HOMESERVER: 'x' })).toBeUndefined();
});
