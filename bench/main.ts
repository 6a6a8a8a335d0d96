import { writeFile } from 'node:fs/promises'
import { cpus, loadavg } from 'node:os'
import { burst } from './burst.ts'
import { calls } from './calls.ts'
import { coalescing } from './coalescing.ts'
import { compare } from './compare/compare.ts'
import { growth } from './growth.ts'
import { idle } from './idle.ts'
import { ingest } from './ingest.ts'
import { memory } from './memory.ts'
import { processor } from './processor.ts'
import { rate } from './rate.ts'
import { broken, tableOf, type Benchmark, type Result } from './results.ts'
import { start } from './start.ts'
import { withdrawal } from './withdrawal.ts'

const BENCHMARKS: Readonly<Record<string, Benchmark>> = {
  calls,
  rate,
  idle,
  burst,
  ingest,
  processor,
  start,
  withdrawal,
  coalescing,
  growth,
  memory,
  compare,
}

const RESULTS = new URL('results.json', import.meta.url)

const say = (text: string): void => void process.stdout.write(`${text}\n`)
const note = (text: string): void => void process.stderr.write(`${text}\n`)

async function runOne(name: string, benchmark: Benchmark): Promise<Result[]> {
  const begun = performance.now()
  note(`${name} …`)
  const results = await benchmark().catch((error: unknown) => [broken(name, error)])
  note(`${name}: ${Math.round((performance.now() - begun) / 1_000)} s`)
  return results
}

/** Runs the benchmarks that are named, or all; only a run of all replaces the kept results. */
async function main(names: readonly string[]): Promise<void> {
  const unknown = names.filter(name => !Object.hasOwn(BENCHMARKS, name))
  if (unknown.length > 0)
    throw new Error(`No such benchmark: ${unknown.join(', ')}. Known: ${Object.keys(BENCHMARKS).join(', ')}.`)
  const chosen = Object.entries(BENCHMARKS).filter(([name]) => names.length === 0 || names.includes(name))
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, Node ${process.versions.node}`
  note(`${machine}, load ${loadavg()[0]?.toFixed(1)}`)
  const results: Result[] = []
  for (const [name, benchmark] of chosen) results.push(...(await runOne(name, benchmark)))
  say(tableOf(results))
  for (const { name, how } of results.filter(({ value }) => value === null)) say(`${name} ${how}`)
  if (results.some(({ value }) => value === null)) process.exitCode = 1
  if (chosen.length === Object.keys(BENCHMARKS).length)
    await writeFile(RESULTS, `${JSON.stringify(results, null, 2)}\n`)
}

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(1))
try {
  await main(process.argv.slice(2))
} catch (error) {
  note(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}
