import { Gauge, type Registry } from 'prom-client';

/** One value that is looked up when somebody scrapes. `label` has the values of a closed list. null: not known, and not shown. */
export interface GaugeSpec {
  readonly name: string;
  readonly help: string;
  readonly label?: string;
  /** By the value of the label; '' where there is none. */
  readonly read: () => Readonly<Record<string, number | null | undefined>>;
}

/** Registers gauges that are read at each scrape, so that none shows what was true once. */
export function addGauges(registry: Registry, specs: readonly GaugeSpec[]): void {
  for (const { name, help, label, read } of specs) {
    new Gauge({
      ...{ name, help, registers: [registry] },
      ...(label !== undefined && { labelNames: [label] }),
      collect() {
        this.reset();
        // A gauge without labels begins at 0, which would be a lie.
        if (label === undefined) this.remove();
        for (const [value, number] of Object.entries(read())) {
          if (number === null || number === undefined) continue;
          if (label === undefined) this.set(number);
          else this.set({ [label]: value }, number);
        }
      },
    });
  }
}
