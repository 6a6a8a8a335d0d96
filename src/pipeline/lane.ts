import { begin, end, MOST_CONNECTIONS, newGovernor, resized, room, type Governor } from '../domain/governor.ts'
import { type Events } from '../events.ts'
import { type Client } from '../mailchimp/client.ts'
import { type Database } from '../store/database.ts'
import { nextDueAt } from '../store/deliveries.ts'
import { type NewId } from '../store/ids.ts'
import { type Integration } from '../store/integrations.ts'
import { createAudiences, type Audiences } from './audiences.ts'
import { conclude, type Conclusion } from './conclude.ts'
import { mayDeliver } from './holds.ts'
import { Keeper, type LaneConfig } from './keeper.ts'
import { createLoop, type Loop } from './loop.ts'
import { recover } from './recover.ts'
import { send, type Confirmations } from './send.ts'
import { NOTHING_TAKEN, takeDue, type Assignment, type Ready, type Taken } from './take.ts'

export type LaneDeps = {
  readonly db: Database
  readonly client: Client
  readonly now: () => number
  readonly dice: () => number
  readonly newId: NewId
  readonly events: Events
  /** Reads every configuration again after a hold changed. */
  readonly reload: () => Promise<void>
}

/** Several integrations of one key: the most careful of them decides. */
export const connectionsOf = ({ integrations }: LaneConfig): number =>
  Math.min(MOST_CONNECTIONS, ...integrations.map(({ settings }) => settings.options.connections))

/** Delivers everything that goes through one credential: its connections, its order, its holds. */
export class Lane {
  readonly #deps: LaneDeps
  readonly #audiences: Audiences
  readonly #keeper: Keeper
  readonly #loop: Loop
  readonly #confirmed: Confirmations = new Map()
  /** Contacts with a request in flight (I4), and those requests. */
  readonly #busy = new Set<string>()
  readonly #flights = new Set<Promise<void>>()
  #config: LaneConfig
  #governor: Governor
  /** Who was served last: the next in line goes first, so that a backlog of one does not starve the others. */
  #served: string | undefined
  /** Integrations that may have something due. */
  #ready: ReadonlySet<string>
  /** What was answered and is not yet on disk. */
  #conclusions: readonly Conclusion[] = []
  #nextDue: number | undefined
  /** A commit failed, or was lost on its way back: debts may be marked as being sent that never were. */
  #unsure = false
  #stopping = false

  constructor(config: LaneConfig, deps: LaneDeps) {
    this.#config = config
    this.#deps = deps
    this.#governor = newGovernor(connectionsOf(config))
    this.#ready = new Set(config.integrations.map(({ id }) => id))
    this.#audiences = createAudiences(deps.client)
    this.#keeper = new Keeper({ ...deps, audiences: this.#audiences, confirmed: this.#confirmed })
    this.#loop = createLoop(
      () => this.#turn(),
      error => deps.events.stepFailed('lane', error),
    )
  }

  configure(config: LaneConfig): void {
    const before = new Map(this.#config.integrations.map(({ id, settings }) => [id, JSON.stringify(settings)]))
    // A document was checked with a fresh look at its audience; what was seen before that may miss its merge tags.
    for (const { id, settings } of config.integrations)
      if (before.get(id) !== JSON.stringify(settings)) this.#audiences.forget(settings.audienceId)
    const connections = connectionsOf(config)
    if (connections !== this.#governor.most) {
      this.#governor = resized(this.#governor, connections)
      this.#deps.client.resize(connections)
    }
    this.#config = config
  }

  /** These integrations may have something due. */
  wake(integrationIds: readonly string[]): void {
    this.#readyAlso(integrationIds)
    this.#loop.request()
  }

  /** Time has passed: retries, probes and another look at an audience may be due. */
  tick(): void {
    const due = (this.nextAt() ?? Infinity) <= this.#deps.now()
    if (!due && !this.#unsure && !this.#keeper.hasStale(this.#config)) return
    this.#nextDue = undefined
    this.wake(this.#config.integrations.map(({ id }) => id))
  }

  /** When something will be due that is not now; undefined when nothing is. */
  nextAt(): number | undefined {
    const times = [this.#nextDue, this.#keeper.nextProbeAt(this.#config)].filter(time => time !== undefined)
    return times.length === 0 ? undefined : Math.min(...times)
  }

  async idle(): Promise<void> {
    do {
      await Promise.all(this.#flights)
      await this.#loop.idle()
    } while (this.#flights.size > 0 || this.#conclusions.length > 0)
  }

  /** Takes nothing new, waits for the answers under way, and records them. */
  async stop(): Promise<void> {
    this.#stopping = true
    // A round under way may still send what it has taken.
    await this.#loop.idle()
    while (this.#flights.size > 0) await Promise.all(this.#flights)
    this.#loop.request()
    await this.#loop.stop()
    await this.#deps.client.close()
  }

  async #turn(): Promise<void> {
    if (!this.#stopping) await this.#keeper.probe(this.#config)
    if (this.#unsure) await this.#makeSure()
    const woken = [...this.#ready]
    this.#ready = new Set()
    try {
      await this.#round(woken)
    } catch (error) {
      this.#unsure = true
      this.#readyAlso(woken)
      throw error
    }
  }

  /** Records what was answered and takes what is due, in one transaction; then sends. */
  async #round(woken: readonly string[]): Promise<void> {
    const deliverable = this.#nextInLine(this.#deliverable())
    const ready = await this.#keeper.prepare(deliverable.filter(({ id }) => woken.includes(id)))
    const answered = this.#conclusions
    const space = room(this.#governor, this.#deps.now())
    const taken = await this.#record(answered, ready, space)
    this.#conclusions = this.#conclusions.slice(answered.length)
    this.#served = taken.assignments.at(-1)?.integration.id ?? this.#served
    taken.assignments.forEach(assignment => this.#dispatch(assignment))
    answered.forEach(conclusion => this.#report(conclusion))
    await this.#keeper.follow(this.#config, answered, taken)
    const moved = taken.assignments.length + taken.settled + answered.length > 0
    // With no room, or with the contact busy, the answer that ends it wakes these again.
    if (moved || taken.left > 0 || space === 0) this.#readyAlso(woken)
    if (moved) this.#loop.request()
    else await this.#lookAhead(deliverable)
  }

  /** Once every answer under way is on disk, whatever is still marked as being sent is taken back. */
  async #makeSure(): Promise<void> {
    if (this.#flights.size > 0 || this.#conclusions.length > 0) return
    const { db, now } = this.#deps
    for (const { id } of this.#config.integrations) await db.transaction(tx => recover(tx, now(), id))
    this.#unsure = false
  }

  #deliverable(): readonly Integration[] {
    return this.#stopping || this.#unsure || this.#config.credential.hold
      ? []
      : this.#config.integrations.filter(mayDeliver)
  }

  #nextInLine(integrations: readonly Integration[]): readonly Integration[] {
    const next = integrations.findIndex(({ id }) => id === this.#served) + 1
    return [...integrations.slice(next), ...integrations.slice(0, next)]
  }

  #record(answered: readonly Conclusion[], ready: readonly Ready[], space: number): Promise<Taken> {
    const { db, now, newId } = this.#deps
    // After a block, what it holds has to be found out first.
    const blocked = answered.some(({ outcome }) => outcome.kind === 'blocked')
    const mayTake = space > 0 && ready.length > 0 && !blocked
    if (answered.length === 0 && !mayTake) return Promise.resolve(NOTHING_TAKEN)
    return db.transaction(async tx => {
      await conclude(tx, answered)
      return mayTake ? takeDue(tx, { ready, room: space, busy: this.#busy, now: now(), newId }) : NOTHING_TAKEN
    })
  }

  async #lookAhead(deliverable: readonly Integration[]): Promise<void> {
    const ids = deliverable.map(({ id }) => id)
    this.#nextDue = await nextDueAt(this.#deps.db, ids)
  }

  #dispatch(assignment: Assignment): void {
    this.#governor = begin(this.#governor)
    this.#busy.add(assignment.contact)
    const flight = this.#deliver(assignment).finally(() => this.#flights.delete(flight))
    this.#flights.add(flight)
  }

  async #deliver(assignment: Assignment): Promise<void> {
    const { client, now, dice } = this.#deps
    const { reply, outcome } = await send(client, assignment, { confirmed: this.#confirmed, now })
    const failed = outcome.kind === 'retry' ? outcome : undefined
    this.#governor = end(this.#governor, {
      startedAt: assignment.startedAt,
      now: now(),
      throttled: failed?.throttled ?? false,
      timedOut: failed?.cause === 'timed_out',
    })
    this.#busy.delete(assignment.contact)
    this.#conclusions = [...this.#conclusions, { assignment, reply, outcome, finishedAt: now(), dice: dice() }]
    this.wake([assignment.integration.id])
  }

  #readyAlso(integrationIds: readonly string[]): void {
    this.#ready = new Set([...this.#ready, ...integrationIds])
  }

  #report({ assignment, outcome, finishedAt }: Conclusion): void {
    this.#deps.events.attemptEnded({
      integrationId: assignment.integration.id,
      outcome: outcome.kind,
      reason: 'cause' in outcome ? outcome.cause : undefined,
      durationMs: finishedAt - assignment.startedAt,
    })
  }
}
