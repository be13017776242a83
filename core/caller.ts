/** A Matrix user id such as `@ada:home.test`. In the console it is the id given by `--as`. */
export type PersonId = string & { readonly __brand: 'PersonId' };

/** Random name of a tenant (32 hex digits); also the name of its file. Says nothing about the person. */
export type TenantId = string & { readonly __brand: 'TenantId' };

/** What somebody may do. `system` is the product acting on its own (embedding in the background, retention). */
export type Role = 'member' | 'admin' | 'system';

/** The languages that the wording catalogue holds in full. */
export const LANGUAGES = ['en', 'de'] as const;
export type Language = (typeof LANGUAGES)[number];

interface CallerFacts {
  readonly person: PersonId;
  readonly tenant: TenantId;
  readonly role: Role;
  readonly language: Language;
}

/**
 * Who asks, for which tenant, with which right. Every entry point of core takes one first. Only the borders make one
 * (`test/architecture.test.ts` holds the list of files that may write `new Caller`): the people directory for an
 * authenticated Matrix sender, the console for its own person, background work for itself.
 */
export class Caller {
  readonly person: PersonId;
  readonly tenant: TenantId;
  readonly role: Role;
  readonly language: Language;

  constructor(facts: CallerFacts) {
    this.person = facts.person;
    this.tenant = facts.tenant;
    this.role = facts.role;
    this.language = facts.language;
  }
}
