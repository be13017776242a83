import { writeFileSync } from 'node:fs';
import { sampleYaml } from './sample.ts';

writeFileSync(new URL('sample.yaml', import.meta.url), sampleYaml());
