import type { Plan } from './plan/plan.ts';

/** The whole line to type for `kinkeeper doctor`, from any folder. `product`: where the product lies. */
export function doctorLine({ answers, settingsFile }: Plan, product: string): string {
  if (answers.kind === 'compose') return `cd ${product} && docker compose exec ops kinkeeper doctor`;
  return `cd ${product} && npm run kinkeeper -- doctor --config ${settingsFile}`;
}
