import type { PlanFacts } from './plan.ts';

/** The file that Compose is to read: with Podman the one that says some things in its words. */
export function composeFile({ product, podman }: Pick<PlanFacts, 'product' | 'podman'>): string {
  if (!podman) return `${product}/docker-compose.yml`;
  return `${product}/docker-compose.${podman.account ? 'podman-rootless' : 'podman'}.yml`;
}
