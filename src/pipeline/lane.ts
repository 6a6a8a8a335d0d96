import { begin, end, newGovernor, room } from '../domain/governor.ts'
import { type Events } from '../events.ts'
import { type Client } from '../mailchimp/client.ts'
import { type Database } from '../store/database.ts'
import { nextDueAt } from '../store/deliveries.ts'
import { type NewId } from '../store/ids.ts'
import { createAudiences } from './audiences.ts'
import { conclude, type Conclusion } from './conclude.ts'
import { mayDeliver } from './holds.ts'
import { createKeeper, type LaneConfig } from './keeper.ts'
import { createLoop } from './loop.ts'
import { send, type Confirmations } from './send.ts'
import { NOTHING_TAKEN, takeDue, type Assignment, type Ready } from './take.ts'

/** Delivers everything that goes through one credential: its connections, its order, its holds. */
export type Lane = {
  configure(config: LaneConfig): void
  /** These integrations may have something due. */
  wake(integrationIds: readonly string[]): void
  /** Time has passed: retries and probes may be due. */
  tick(): void
  /** When something will be due that is not now; undefined when nothing is. */
  nextAt(): number | undefined
  idle(): Promise<void>
  /** Takes nothing new, waits for the answers under way, and records them. */
  stop(): Promise<void>
}

export type LaneDeps = {
  readonly db: Database
  readonly client: Client
  readonly connections: number
  readonly now: () => number
  readonly dice: () => number
  readonly newId: NewId
  readonly events: Events
  /** Reads every configuration again after a hold changed. */
  readonly reload: () => Promise<void>
}

export function createLane(first: LaneConfig, deps: LaneDeps): Lane {
  const { db, client, now, dice, newId, events } = deps
  const audiences = createAudiences(client)
  const confirmed: Confirmations = new Map()
  const keeper = createKeeper({ ...deps, audiences, confirmed })
  const busy = new Set<string>()
  const ready = new Set<string>(first.integrations.map(({ id }) => id))
  const inFlight = new Set<Promise<void>>()
  let config = first
  let governor = newGovernor(deps.connections)
  let conclusions: readonly Conclusion[] = []
  let nextDue: number | undefined
  let stopping = false
  const loop = createLoop(turn, error => events.stepFailed('lane', error))

  /** One round: record what was answered and take what is due, in one transaction; then send. */
  async function turn(): Promise<void> {
    if (!stopping) await keeper.probe(config)
    const woken = [...ready]
    ready.clear()
    const deliverable = stopping || config.credential.hold ? [] : config.integrations.filter(mayDeliver)
    const prepared = await keeper.prepare(deliverable.filter(({ id }) => woken.includes(id)))
    const answered = conclusions
    const space = room(governor, now())
    conclusions = []
    const taken = await record(answered, prepared, space).catch((error: unknown) => {
      conclusions = [...answered, ...conclusions]
      woken.forEach(id => ready.add(id))
      throw error
    })
    answered.forEach(report)
    await keeper.follow(config, answered, taken)
    taken.assignments.forEach(dispatch)
    const moved = taken.assignments.length + taken.settled + answered.length > 0
    // With no room, or with the contact busy, the answer that ends it wakes these again.
    if (moved || taken.left > 0 || space === 0) woken.forEach(id => ready.add(id))
    if (moved) return loop.request()
    nextDue = await nextDueAt(
      db,
      deliverable.map(({ id }) => id),
    )
  }

  const record = (answered: readonly Conclusion[], prepared: readonly Ready[], space: number) => {
    const mayTake = space > 0 && prepared.length > 0
    if (answered.length === 0 && !mayTake) return Promise.resolve(NOTHING_TAKEN)
    return db.transaction(async tx => {
      await conclude(tx, answered)
      return mayTake ? takeDue(tx, { ready: prepared, room: space, busy, now: now(), newId }) : NOTHING_TAKEN
    })
  }

  function dispatch(assignment: Assignment): void {
    governor = begin(governor)
    busy.add(assignment.contact)
    const flight = deliver(assignment).finally(() => inFlight.delete(flight))
    inFlight.add(flight)
  }

  async function deliver(assignment: Assignment): Promise<void> {
    const { reply, outcome } = await send(client, assignment, { confirmed, now })
    const { startedAt, integration } = assignment
    const throttled = outcome.kind === 'retry' && outcome.throttled
    const timedOut = outcome.kind === 'retry' && outcome.cause === 'timed_out'
    governor = end(governor, { startedAt, now: now(), throttled, timedOut })
    busy.delete(assignment.contact)
    conclusions = [...conclusions, { assignment, reply, outcome, finishedAt: now(), dice: dice() }]
    ready.add(integration.id)
    loop.request()
  }

  const report = ({ assignment, outcome, finishedAt }: Conclusion): void =>
    events.attemptEnded({
      integrationId: assignment.integration.id,
      outcome: outcome.kind,
      reason: 'cause' in outcome ? outcome.cause : undefined,
      durationMs: finishedAt - assignment.startedAt,
    })

  const nextAt = (): number | undefined => {
    const times = [nextDue, keeper.nextProbeAt(config)].filter(time => time !== undefined)
    return times.length === 0 ? undefined : Math.min(...times)
  }

  return {
    configure(next) {
      config = next
    },
    wake(integrationIds) {
      integrationIds.forEach(id => ready.add(id))
      loop.request()
    },
    tick() {
      if ((nextAt() ?? Infinity) > now() && !keeper.hasStale(config)) return
      config.integrations.forEach(({ id }) => ready.add(id))
      nextDue = undefined
      loop.request()
    },
    nextAt,
    async idle() {
      while (inFlight.size > 0 || conclusions.length > 0) {
        await Promise.all(inFlight)
        await loop.idle()
      }
      await loop.idle()
    },
    async stop() {
      stopping = true
      await Promise.all(inFlight)
      loop.request()
      await loop.stop()
      await client.close()
    },
  }
}
