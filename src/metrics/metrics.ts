import { collectDefaultMetrics, Registry } from 'prom-client'
import { type Telemetry } from '../telemetry.ts'
import { countedIn } from './counted.ts'
import { gaugesIn, look, type Watched } from './gauges.ts'

type Rendered = { readonly contentType: string; readonly text: string }
type Description = {
  readonly name: string
  readonly type: string
  readonly labels: readonly string[]
  readonly meaning: string
}

type Metrics = {
  /** Counts what the service reports. */
  readonly telemetry: Telemetry
  /** From now on this is measured, too. */
  watch(watched: Watched): void
  /** Everything, in the text format of Prometheus. What the store does not tell now is left out. */
  render(): Promise<Rendered>
  describe(): readonly Description[]
}

/** Counts and measures in a registry of its own. Labels are our own ids, reasons and statuses, never a person (I11). */
export function createMetrics({ version }: { readonly version: string }): Metrics {
  const registry = new Registry()
  const telemetry = countedIn(registry)
  const gauges = gaugesIn(registry)
  gauges.buildInfo.set({ version, node: process.versions.node }, 1)
  collectDefaultMetrics({ register: registry })
  let watched: Watched | undefined
  return {
    telemetry,
    watch: next => (watched = next),
    async render() {
      if (watched) await look(gauges, watched)
      return { contentType: registry.contentType, text: await registry.metrics() }
    },
    describe: () => registry.getMetricsAsArray().map(descriptionOf),
  }
}

type Shape = { readonly name: string; readonly help: string }

// `type` and `labelNames` are there, although prom-client does not declare them.
const descriptionOf = (metric: Shape & { readonly type?: unknown; readonly labelNames?: unknown }): Description => ({
  name: metric.name,
  type: String(metric.type),
  labels: Array.isArray(metric.labelNames) ? metric.labelNames.map(String).filter(label => label !== 'le') : [],
  meaning: metric.help,
})
