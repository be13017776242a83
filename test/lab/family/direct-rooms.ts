/** Content of m.room.encryption. */
export const ENCRYPTION = { algorithm: 'm.megolm.v1.aes-sha2' };

/** What Element asks for when a person starts a direct chat: both sides have the same power, encryption from the first event. */
export function encryptedDirectRoom(): object {
  return {
    preset: 'trusted_private_chat',
    initial_state: [{ type: 'm.room.encryption', state_key: '', content: ENCRYPTION }],
  };
}

/** Homeservers may encrypt every private room by themselves: an unencrypted one is a public preset that is closed again. */
export function plainDirectRoom(): object {
  return {
    preset: 'public_chat',
    initial_state: [
      { type: 'm.room.join_rules', state_key: '', content: { join_rule: 'invite' } },
      { type: 'm.room.guest_access', state_key: '', content: { guest_access: 'can_join' } },
    ],
  };
}
