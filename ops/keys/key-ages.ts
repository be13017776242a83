import type { KeyFile } from '../../core/keys/key-file.ts';
import type { TenantKeyAges } from '../../core/keys/tenant-keys.ts';
import { DAY_MS } from '../../core/retention/age.ts';

/** What `kinkeeper keys list` tells: ages and counts. `null`: made before ages were noted. */
export interface KeyList {
  readonly masterKey: { readonly madeAt: number | null; readonly generation: number };
  readonly passphrase: { readonly madeAt: number | null };
  readonly recoveryCode: { readonly madeAt: number | null };
  readonly tenants: TenantKeyAges & { readonly waiting: number };
}

/** The list of keys from keys.json and control.db. */
export function keyList({ madeAt, generation }: KeyFile, tenants: TenantKeyAges, waiting: number): KeyList {
  return {
    masterKey: { madeAt: madeAt.master, generation },
    passphrase: { madeAt: madeAt.passphrase },
    recoveryCode: { madeAt: madeAt.recovery },
    tenants: { ...tenants, waiting },
  };
}

/** The list in words, for the terminal. */
export function showKeyList({ masterKey, passphrase, recoveryCode, tenants }: KeyList, now: number): string {
  const { count, kinds, undated, oldest, newest, waiting } = tenants;
  const span = oldest === undefined ? [] : [`oldest ${age(oldest, now)}`, `newest ${age(newest ?? oldest, now)}`];
  const others = [
    ...(kinds.room > 0 ? [`${kinds.room} of family rooms`] : []),
    ...(kinds.shelf > 0 ? [`${kinds.shelf} of lent documents`] : []),
  ];
  const notes = [
    ...(others.length > 0 ? [`${kinds.person} of people`, ...others] : []),
    ...span,
    ...(undated > 0 ? [`${undated} of unknown age`] : []),
    ...(waiting > 0 ? [`${waiting} to be changed`] : []),
  ];
  return [
    `master key      number ${masterKey.generation}, made ${age(masterKey.madeAt, now)}`,
    `passphrase      set ${age(passphrase.madeAt, now)}`,
    `recovery code   made ${age(recoveryCode.madeAt, now)}`,
    `document keys   ${count}${notes.length > 0 ? ` (${notes.join(', ')})` : ''}`,
  ].join('\n');
}

function age(at: number | null, now: number): string {
  if (at === null) return 'before ages were noted';
  const days = Math.max(0, Math.floor((now - at) / DAY_MS));
  const day = new Date(at).toISOString().slice(0, 10);
  return `${day} (${days === 0 ? 'today' : days === 1 ? '1 day ago' : `${days} days ago`})`;
}
