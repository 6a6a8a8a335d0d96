import type { ServerResponse } from 'node:http'
import type { Faults } from './faults.ts'
import type { Random } from './random.ts'
import type { RequestLog } from './request-log.ts'
import type { Slots } from './slots.ts'
import type { State } from './state.ts'
import type { Counters } from './stats.ts'

/** Milliseconds of processing, or the bounds to draw them from. */
export type Latency = number | readonly [least: number, most: number]

type Waiter = Readonly<{ total: number; resolve: () => void }>

/** What one running simulator holds beside the Mailchimp account itself. */
export type Runtime = {
  readonly state: State
  readonly slots: Slots
  readonly log: RequestLog
  readonly faults: Faults
  readonly dice: Random
  readonly slotHoldMs: number
  readonly serverTimeoutMs: number
  readonly open: Set<ServerResponse>
  latency: Latency
  counters: Counters
  waiters: readonly Waiter[]
  url: string
}

export function drawLatency({ latency, dice }: Runtime): number {
  if (typeof latency === 'number') return latency
  const [least, most] = latency
  return least + dice() * (most - least)
}

/** Tells those who wait for the next request that it has arrived whole. */
export function announceArrival(runtime: Runtime): void {
  if (runtime.waiters.length === 0) return
  const { calls } = runtime.counters
  const reached = runtime.waiters.filter(waiter => waiter.total <= calls)
  runtime.waiters = runtime.waiters.filter(waiter => waiter.total > calls)
  for (const waiter of reached) waiter.resolve()
}
