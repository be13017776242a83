import { afterEach, beforeEach } from 'vitest';
import { Stage } from './dispatcher-side.ts';

/** A stage for each test of a file. */
export function useStage(): () => Stage {
  let stage: Stage;
  beforeEach(async () => {
    stage = new Stage();
    await stage.open();
  });
  afterEach(() => stage.close());
  return () => stage;
}
