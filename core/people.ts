import type { Caller, Language, PersonId, Role, TenantId } from './caller.ts';
import type { TenantKind } from './tenant.ts';

/** A tenant that is in use, and what it is. */
export interface TenantInUse {
  readonly tenant: TenantId;
  readonly kind: TenantKind;
}

/** A member of the household as the control store knows them. */
export interface Person {
  readonly id: PersonId;
  readonly role: Exclude<Role, 'system'>;
  readonly language: Language;
  readonly tenant: TenantId;
  readonly addedAt: number;
  /** When the person was greeted; null before. */
  readonly greetedAt: number | null;
  /** Their account shows another identity than the one they are known by, and no admin has confirmed it (core/identities.ts). */
  readonly identityChanged: boolean;
}

/** Who is known. Implemented by core/sqlite. Removed people are not listed and not found. */
export interface People {
  list(): Person[];
  find(id: string): Person | undefined;
  /** Makes the caller of an authenticated sender; undefined for strangers and removed people. */
  callerFor(sender: string): Caller | undefined;
  /** Every tenant in use: those of known people, of family rooms and of shelves that are open. */
  tenants(): TenantInUse[];
  /** A caller with role `system` for background work on one tenant. */
  systemCaller(tenant: TenantId): Caller;
  /** Adds a person with a tenant and key of their own, or changes the role of a known one, who keeps their language. Returns true when they are new (or back). */
  add(person: { id: string; role: Exclude<Role, 'system'>; language: Language }): boolean;
  /** Adds the people of the settings file who were never known before: who was removed in the ops room stays removed, and who was erased stays away. */
  seed(people: readonly { id: string; role: Exclude<Role, 'system'>; language: Language }[]): void;
  /** Somebody who was removed and may still take along what is kept of them; undefined for anybody else. */
  leaver(id: string): Person | undefined;
  /** Makes the caller of such a person, for their export alone. */
  leavingCallerFor(sender: string): Caller | undefined;
  /** Lets somebody who was removed take along what is kept of them, until they are removed again or erased. False for anybody else. */
  letTakeAlong(id: string): boolean;
  /** Freezes a person: no caller is made for them any more; their data stays sealed. Returns false when they were not known. */
  remove(id: string): boolean;
  markGreeted(id: PersonId, at: number): void;
  setLanguage(id: PersonId, language: Language): void;
}
