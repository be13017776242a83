import { TURNS_KEPT_MS } from '../core/ask/chat-memory-age.ts';
import type { OpenState } from '../core/control.ts';

/** Forgets everybody's questions and answers that are older than a day. Called by housekeeping now and then. */
export function sweepChatMemory({ vault, control }: Pick<OpenState, 'vault' | 'control'>, now: number): void {
  const before = now - TURNS_KEPT_MS;
  for (const { tenant } of control.people.tenants()) {
    const system = control.people.systemCaller(tenant);
    const { oldest } = vault.read(system, (reader) => reader.memorySize());
    if (oldest !== undefined && oldest < before) vault.write(system, (writer) => writer.forgetTurnsBefore(before));
  }
}
