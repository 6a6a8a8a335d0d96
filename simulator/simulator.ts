import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type BatchTiming, createBatchRunner } from './batch-runner.ts'
import { type Clock, realClock } from './clock.ts'
import { type Control, abandonWork, createControl } from './control.ts'
import { handleControlRequest } from './control-routes.ts'
import { handleApiRequest } from './exchange.ts'
import { createFaults } from './faults.ts'
import { seededRandom } from './random.ts'
import { performOperation } from './operations.ts'
import { createRequestLog } from './request-log.ts'
import { handleResultsRequest } from './results-route.ts'
import type { Latency, Runtime } from './runtime.ts'
import { type AudienceSeed, type KeySeed, type Seed, seedState } from './seed.ts'
import { createSlots } from './slots.ts'
import { BEHAVIOUR, type Behaviour, createState } from './state.ts'
import { newCounters } from './stats.ts'

export type SimulatorOptions = Readonly<{
  port?: number
  host?: string
  latencyMs?: Latency
  /** For the latency drawn from a range and for made-up ids. */
  seed?: number
  keys?: readonly (string | KeySeed)[]
  audiences?: readonly (string | AudienceSeed)[]
  /** Lets example.com, .net and .org through, which Mailchimp calls fake. */
  allowExampleAddresses?: boolean
  behaviour?: Partial<Behaviour>
  /** Simultaneous requests of one account. */
  connectionLimit?: number
  /** How long a request whose client went away can keep its slot at most. */
  slotHoldMs?: number
  /** When the network in front gives up on a request. */
  serverTimeoutMs?: number
  batchTiming?: BatchTiming
  clock?: Clock
  /** How many requests the log keeps. */
  logLimit?: number
}>

export type Simulator = Readonly<{
  url: string
  control: Control
  close: () => Promise<void>
  [Symbol.asyncDispose]: () => Promise<void>
}>

export const DEFAULT_KEY = '0123456789abcdef0123456789abcdef-us6'
export const DEFAULT_AUDIENCE = 'a1b2c3d4e5'

/** A running Mailchimp of one's own, listening when the promise resolves. */
export async function createSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const runtime = createRuntime(options)
  const seed = seedOf(options)
  const { behaviour } = runtime.state
  const begin = () => {
    runtime.state.behaviour = behaviour
    runtime.latency = options.latencyMs ?? 0
    seedState(runtime.state, seed)
    runtime.state.onBatch = createBatchRunner({
      state: runtime.state,
      timing: options.batchTiming ?? { stageMs: 250, operationMs: 0 },
      perform: (batch, operation) => performOperation(runtime, batch, operation),
    })
  }
  begin()
  const control = createControl(runtime, begin)
  const server = createServer({ keepAliveTimeout: 65_000 }, (request, response) => {
    if (request.url?.startsWith('/3.0')) handleApiRequest(runtime, request, response)
    else if (request.url?.startsWith('/batch-results/')) handleResultsRequest(runtime, request, response)
    else handleControlRequest(control, request, response)
  })
  const host = options.host ?? '127.0.0.1'
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, host, resolve)
  })
  runtime.url = `http://${host}:${portOf(server.address())}`
  const close = async () => {
    abandonWork(runtime)
    const closed = new Promise<void>(resolve => server.close(() => resolve()))
    server.closeAllConnections()
    await closed
  }
  return { url: runtime.url, control, close, [Symbol.asyncDispose]: close }
}

function createRuntime(options: SimulatorOptions): Runtime {
  const seed = options.seed ?? 1
  const behaviour = { ...BEHAVIOUR, ...options.behaviour }
  if (options.allowExampleAddresses !== undefined) behaviour.allowExampleAddresses = options.allowExampleAddresses
  return {
    state: createState(options.clock ?? realClock(), seededRandom(seed), behaviour),
    slots: createSlots(options.connectionLimit ?? 10),
    log: createRequestLog(options.logLimit ?? 250_000),
    faults: createFaults(),
    dice: seededRandom(seed + 1),
    slotHoldMs: options.slotHoldMs ?? 120_000,
    serverTimeoutMs: options.serverTimeoutMs ?? 120_000,
    open: new Set(),
    latency: options.latencyMs ?? 0,
    counters: newCounters(),
    waiters: [],
    url: '',
  }
}

function seedOf({ keys = [DEFAULT_KEY], audiences = [DEFAULT_AUDIENCE] }: SimulatorOptions): Seed {
  return {
    keys: keys.map(key => (typeof key === 'string' ? { key } : key)),
    audiences: audiences.map(audience => (typeof audience === 'string' ? { id: audience } : audience)),
  }
}

function portOf(address: AddressInfo | string | null): number {
  return typeof address === 'object' && address !== null ? address.port : 0
}
