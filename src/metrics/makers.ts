import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import { SECOND } from '../domain/instant.ts'

type Measure<Label extends string> = { name: string; help: string; labelNames?: readonly Label[] }

const PREFIX = 'consent_relay_'

/** Makes metrics that are registered here and nowhere else, all under our own prefix. */
export function makersOf(registry: Registry) {
  const registers = [registry]
  const named = <L extends string>({ name, help, labelNames = [] }: Measure<L>) => ({
    name: PREFIX + name,
    help,
    labelNames,
    registers,
  })
  return {
    counter: <L extends string>(measure: Measure<L>) => new Counter<L>(named(measure)),
    gauge: <L extends string>(measure: Measure<L>) => new Gauge<L>(named(measure)),
    histogram: <L extends string>(measure: Measure<L> & { buckets: number[] }) =>
      new Histogram<L>({ ...named(measure), buckets: measure.buckets }),
  }
}

/** Prometheus counts time in seconds. */
export const seconds = (ms: number): number => ms / SECOND
