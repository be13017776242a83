/**
 * Writes npm's bill of materials (CycloneDX) again without what differs from one build to the next: its serial number and its
 * time. Called by the Dockerfile: node settle-sbom.mjs FROM TO
 */
import { readFileSync, writeFileSync } from 'node:fs';

const [from, to] = process.argv.slice(2);
const sbom = JSON.parse(readFileSync(from, 'utf8'));
if (!Array.isArray(sbom.components) || sbom.components.length === 0) throw new Error(`${from} names no components`);
// npm names the whole after the folder that it lies in.
sbom.metadata.component.name = sbom.metadata.component['bom-ref'].split('@')[0];
delete sbom.serialNumber;
delete sbom.metadata.timestamp;
writeFileSync(to, `${JSON.stringify(sbom, null, 1)}\n`);
