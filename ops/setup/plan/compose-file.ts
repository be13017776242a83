import type { PlanFacts } from './plan.ts';

/** The file that Compose is to read: with Podman the one that says some things in its words. */
export function composeFile({ product, podman }: Pick<PlanFacts, 'product' | 'podman'>): string {
  return `${product}/${podman ? 'docker-compose.podman.yml' : 'docker-compose.yml'}`;
}
