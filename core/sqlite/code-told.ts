/** The fact that the admins have the recovery code, or surely will. Until then every start of the bot makes another one. */
export const CODE_TOLD = 'recovery-code-told';
