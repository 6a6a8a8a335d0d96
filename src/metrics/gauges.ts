import { type Registry } from 'prom-client'
import { type Reason } from '../domain/reason.ts'
import { makersOf, seconds } from './makers.ts'

/** What is measured at each scrape. */
export type Watched = {
  readonly clock: () => number
  readonly backlog: () => Promise<{
    readonly integrations: readonly {
      readonly integrationId: string
      readonly counts: readonly { readonly status: string; readonly priority: string; readonly debts: number }[]
      readonly held: readonly { readonly cause: string; readonly debts: number }[]
      readonly oldestAt: number | undefined
      readonly oldestWithdrawalAt: number | undefined
      readonly gone: number
    }[]
    readonly batches: readonly { readonly credentialId: string; readonly operations: number }[]
  }>
  readonly lanes: () => readonly {
    readonly credentialId: string
    readonly inUse: number
    readonly limit: number
    readonly ghosts: number
    readonly holds: readonly { readonly integrationId: string | undefined; readonly cause: string }[]
  }[]
  /** Why this service is not ready, if it is not. */
  readonly trouble: () => string | undefined
  /** By how much the time of the service is ahead of the wall clock, in ms. */
  readonly clockAhead: () => number
  /** By how much other clocks are ahead of the time of the service, in ms. */
  readonly clockDifferences: () => ReadonlyMap<string, number>
}

type Gauges = ReturnType<typeof gaugesIn>

export const gaugesIn = (registry: Registry) => ({
  ...serviceGauges(registry),
  ...debtGauges(registry),
  ...laneGauges(registry),
})

function serviceGauges(registry: Registry) {
  const { gauge } = makersOf(registry)
  return {
    buildInfo: gauge({ name: 'build_info', help: 'Always 1.', labelNames: ['version', 'node'] }),
    ready: gauge({
      name: 'ready',
      help: '1 while webhooks are kept and this process delivers, as /readyz says; else 0.',
    }),
    trouble: gauge({
      name: 'store_trouble',
      help: '1 while this service is not ready: the store is damaged, it cannot_write, it is not_durable by its settings, or this process has no_lease.',
      labelNames: ['trouble'],
    }),
    clockAhead: gauge({
      name: 'clock_ahead_seconds',
      help: 'By how much the service goes ahead of the clock of its machine, because that was set back.',
    }),
    clockDifference: gauge({
      name: 'clock_difference_seconds',
      help: 'By how much another clock is ahead of the time of the service, negative if it is behind; missing until it is known.',
      labelNames: ['clock'],
    }),
    storeReadable: gauge({
      name: 'store_readable',
      help: '1 if the store could be asked what is owed; 0 if not, and everything about debts is missing here.',
    }),
  }
}

function debtGauges(registry: Registry) {
  const { gauge } = makersOf(registry)
  return {
    backlog: gauge({
      name: 'backlog',
      help: 'Debts that are not with Mailchimp: waiting, sending, held (also behind a hold) or dead.',
      labelNames: ['integration', 'priority', 'status'],
    }),
    held: gauge({
      name: 'held',
      help: 'Debts that are held, by what holds them: a reason of their own, a hold of what they need, or a pause.',
      labelNames: ['integration', 'cause'],
    }),
    oldest: gauge({
      name: 'oldest_waiting_seconds',
      help: 'Age of the oldest debt that waits, also behind a hold; 0 when none does.',
      labelNames: ['integration'],
    }),
    oldestWithdrawal: gauge({
      name: 'oldest_waiting_withdrawal_seconds',
      help: 'Age of the oldest withdrawal that Mailchimp has not confirmed; 0 when none waits.',
      labelNames: ['integration'],
    }),
    gone: gauge({
      name: 'gone_withdrawals',
      help: 'Withdrawals that were written nowhere, because the contact is gone, and that no operator acknowledged.',
      labelNames: ['integration'],
    }),
  }
}

function laneGauges(registry: Registry) {
  const { gauge } = makersOf(registry)
  return {
    hold: gauge({
      name: 'hold',
      help: '1 for each hold: of a whole credential when integration is empty, else of that integration.',
      labelNames: ['credential', 'integration', 'cause'],
    }),
    inUse: gauge({
      name: 'connections_in_use',
      help: 'Requests under way to Mailchimp for a debt.',
      labelNames: ['credential'],
    }),
    limit: gauge({
      name: 'connections_limit',
      help: 'Requests that may be under way at once now.',
      labelNames: ['credential'],
    }),
    ghosts: gauge({
      name: 'ghost_connections',
      help: 'Requests that we gave up and that Mailchimp may still count against its limit.',
      labelNames: ['credential'],
    }),
    breaker: gauge({
      name: 'breaker_open',
      help: '1 while delivery pauses because Mailchimp fails too often, else 0.',
      labelNames: ['credential'],
    }),
    batchOperations: gauge({
      name: 'batch_operations_open',
      help: 'Operations handed to Mailchimp as batches whose end is not known yet.',
      labelNames: ['credential'],
    }),
  }
}

/** Sets every gauge to what is so now; what is no more has no value. */
export async function look(gauges: Gauges, watched: Watched): Promise<void> {
  const { clock, backlog, lanes, trouble, clockAhead, clockDifferences } = watched
  // Without the store there is still a lot to see, and most of all that it is away.
  const owed = await backlog().catch(() => undefined)
  const { buildInfo: _, ...changing } = gauges
  for (const gauge of Object.values(changing)) gauge.reset()
  const unwell = trouble()
  gauges.ready.set(unwell === undefined ? 1 : 0)
  if (unwell !== undefined) gauges.trouble.set({ trouble: unwell }, 1)
  gauges.clockAhead.set(seconds(clockAhead()))
  for (const [other, ms] of clockDifferences()) gauges.clockDifference.set({ clock: other }, seconds(ms))
  gauges.storeReadable.set(owed ? 1 : 0)
  for (const { credentialId: credential, inUse, limit, ghosts, holds } of lanes()) {
    gauges.inUse.set({ credential }, inUse)
    gauges.limit.set({ credential }, limit)
    gauges.ghosts.set({ credential }, ghosts)
    gauges.breaker.set({ credential }, holds.some(({ cause }) => cause === PAUSE) ? 1 : 0)
    for (const { integrationId: integration = '', cause } of holds)
      gauges.hold.set({ credential, integration, cause }, 1)
  }
  for (const { integrationId: integration, counts, held, oldestAt, oldestWithdrawalAt, gone } of owed?.integrations ??
    []) {
    for (const { priority, status, debts } of counts) gauges.backlog.set({ integration, priority, status }, debts)
    for (const { cause, debts } of held) gauges.held.set({ integration, cause }, debts)
    gauges.oldest.set({ integration }, oldestAt === undefined ? 0 : seconds(clock() - oldestAt))
    const age = oldestWithdrawalAt === undefined ? 0 : seconds(clock() - oldestWithdrawalAt)
    gauges.oldestWithdrawal.set({ integration }, age)
    gauges.gone.set({ integration }, gone)
  }
  for (const { credentialId: credential, operations } of owed?.batches ?? [])
    gauges.batchOperations.set({ credential }, operations)
}

const PAUSE = 'mailchimp_unavailable' satisfies Reason
