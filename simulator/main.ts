import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import type { Latency } from './runtime.ts'
import { type Simulator, type SimulatorOptions, DEFAULT_AUDIENCE, DEFAULT_KEY, createSimulator } from './simulator.ts'
import { readStateFile } from './state-file.ts'

const USAGE =
  'simulator [--port PORT] [--latency MS|MIN-MAX] [--key KEY-dc]... [--audience ID]... [--state FILE] [--allow-example-addresses]'

/** Runs until SIGTERM or SIGINT. Says where it listens in one line of JSON on standard output. */
export async function runSimulator(options: SimulatorOptions): Promise<Simulator> {
  const simulator = await createSimulator(options)
  const stop = () => void simulator.close().then(() => process.exit(0))
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
  console.log(JSON.stringify({ event: 'listening', url: simulator.url }))
  return simulator
}

/** The options a command line asks for; a mistyped one is an error that names it and the remedy. */
export function readOptions(argv: readonly string[]): SimulatorOptions {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      port: { type: 'string', default: '0' },
      latency: { type: 'string', default: '0' },
      key: { type: 'string', multiple: true, default: [] },
      audience: { type: 'string', multiple: true, default: [] },
      state: { type: 'string' },
      'allow-example-addresses': { type: 'boolean', default: false },
    },
  })
  const seed = values.state === undefined ? {} : readStateFile(values.state)
  const keys = [...values.key.map(readKey), ...(seed.keys ?? [])]
  const audiences = [...values.audience.map(readAudience), ...(seed.audiences ?? [])]
  return {
    port: readPort(values.port),
    latencyMs: readLatency(values.latency),
    keys: keys.length > 0 ? keys : [DEFAULT_KEY],
    audiences: audiences.length > 0 ? audiences : [DEFAULT_AUDIENCE],
    allowExampleAddresses: values['allow-example-addresses'],
  }
}

function readPort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : NaN
  if (!(port <= 65_535))
    throw new Error(`--port: "${text}" is not a port. Give a number from 0 to 65535; 0 picks a free one.`)
  return port
}

function readLatency(text: string): Latency {
  const [, least, most] = /^(\d+)(?:-(\d+))?$/.exec(text) ?? []
  if (least === undefined || (most !== undefined && Number(most) < Number(least))) {
    throw new Error(`--latency: "${text}" is neither milliseconds nor MIN-MAX. Give for example 120, or 80-200.`)
  }
  return most === undefined ? Number(least) : [Number(least), Number(most)]
}

function readKey(text: string): string {
  if (!/-[a-z]{2,4}\d{1,3}$/.test(text))
    throw new Error('--key: a key ends with its data centre. Give for example "0123abcd-us6".')
  return text
}

function readAudience(text: string): string {
  if (!/^[\w-]+$/.test(text))
    throw new Error(`--audience: "${text}" is not an id. Give letters and digits, such as a1b2.`)
  return text
}

async function start(): Promise<void> {
  try {
    await runSimulator(readOptions(process.argv.slice(2)))
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`)
    process.exit(2)
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await start()
