import { isOutage, type Hold } from '../../domain/hold.ts'
import { type Telemetry } from '../../telemetry.ts'
import { type Client } from '../../mailchimp/client.ts'
import { type Download } from '../../mailchimp/download.ts'
import { type Database } from '../../store/engine/database.ts'
import { nextDueAt } from '../../store/debts/due-debts.ts'
import { type NewId } from '../../store/engine/ids.ts'
import { type Integration } from '../../store/settings/integrations.ts'
import { createAudiences, type Audiences } from './audiences.ts'
import { Batches } from '../batches/batches.ts'
import { Circuit } from './circuit.ts'
import { mayDeliver } from '../delivery/holds.ts'
import { Keeper, type LaneConfig } from './keeper.ts'
import { type ContactsInFlight } from './contacts-in-flight.ts'
import { Flights } from './flights.ts'
import { earliest } from './earliest.ts'
import { gaugesOf, type Gauges } from './gauges.ts'
import { inLine } from './in-line.ts'
import { connectionsOf, type Share } from './logins.ts'
import { createWhoseKey, type WhoseKey } from './whose-key.ts'
import { createLeftovers, type Leftovers } from './leftovers.ts'
import { createLoop, type Loop } from '../loop.ts'
import { recover } from '../delivery/recover.ts'
import { type Confirmations } from '../delivery/send.ts'
import { type Ready } from '../delivery/decide-debt.ts'
import { NOTHING_TAKEN } from '../delivery/take.ts'
import { take } from './take-in-turn.ts'
import { tellAttempt, tellUndecided } from './tell-attempt.ts'

type LaneDeps = {
  readonly onToOwe: () => void
  readonly db: Database
  readonly client: Client
  readonly clock: () => number
  readonly dice: () => number
  readonly newId: NewId
  readonly telemetry: Telemetry
  /** How long Mailchimp may still apply a request of unknown outcome after it left (R22), in ms. */
  readonly windowMs: number
  /** Until when each request that a process before this left under way may still run (R24). */
  readonly ghosts: readonly number[]
  /** Those of all lanes. */
  readonly contacts: ContactsInFlight
  readonly download: Download
  /** With more due debts than this there are batches (R28). */
  readonly batchAbove: number
  /** Of the API. */
  readonly origin: string
  /** These integrations, of any lane, may have something due. */
  readonly wakeAny: (integrationIds: readonly string[]) => void
  /** Reads every configuration again after a hold changed. */
  readonly reload: () => Promise<void>
}

/** Delivers everything that goes through one credential: its connections, its order, its holds. */
export class Lane {
  readonly #deps: LaneDeps
  readonly #audiences: Audiences
  readonly #whose: WhoseKey
  readonly #keeper: Keeper
  readonly #batches: Batches
  readonly #leftovers: Leftovers
  readonly #loop: Loop
  readonly #flights: Flights
  #share: Share
  #config: LaneConfig
  readonly #circuit: Circuit
  #served: string | undefined
  /** Integrations that may have something due. */
  #ready: ReadonlySet<string>
  #nextDue: number | undefined
  /** A commit failed, or was lost on its way back: debts may be marked as being sent that never were. */
  #unsure = false
  #stopping = false

  constructor(config: LaneConfig, share: Share, deps: LaneDeps) {
    this.#config = config
    this.#share = share
    this.#deps = deps
    this.#ready = new Set(config.integrations.map(({ id }) => id))
    const confirmed: Confirmations = new Map()
    const wake = (): void => this.#loop.request()
    this.#flights = new Flights(
      { ...deps, confirmed, wake, onAnswer: id => this.wake([id]) },
      { connections: connectionsOf(config), share },
    )
    const beside = { ...deps, confirmed, client: this.#flights.client }
    this.#audiences = createAudiences(beside.client)
    this.#whose = createWhoseKey({ ...beside, credential: () => this.#config.credential })
    this.#keeper = new Keeper({ ...beside, audiences: this.#audiences, ...this.#whose })
    const onNews = (): void => this.wakeAll()
    this.#circuit = new Circuit({ ...beside, onNews })
    this.#leftovers = createLeftovers({ ...deps, wake: deps.wakeAny })
    this.#batches = new Batches({ ...beside, credentialId: config.credential.id, onNews })
    this.#loop = createLoop(
      () => this.#turn(),
      error => deps.telemetry.stepFailed('lane', error),
    )
  }

  configure(config: LaneConfig, share: Share): void {
    this.#share = share
    this.#flights.join(share)
    const before = new Map(this.#config.integrations.map(({ id, updatedAt }) => [id, updatedAt]))
    const changed = config.integrations.filter(({ id, updatedAt }) => before.get(id) !== updatedAt)
    // A document was checked with a fresh look at its audience; what was seen before that may miss its merge tags.
    for (const { settings } of changed) this.#audiences.forget(settings.audienceId)
    if (changed.length > 0 || config.integrations.length < before.size) this.#doubtBatches()
    this.#flights.resize(connectionsOf(config))
    const { hold } = this.#config.credential
    if (hold && !config.credential.hold) {
      if (isOutage(hold)) this.#startSlowly(hold)
      else this.#circuit.close()
    }
    this.#config = config
  }

  /** What a document or an integration was replaced or removed for may be in a batch that is now cut short. */
  #doubtBatches(): void {
    this.#batches.doubt()
    this.#loop.request()
  }

  /** R26: after a pause, one request, then more. */
  #startSlowly(paused: Hold): void {
    this.#circuit.putOnTrial(paused)
    this.#flights.startSlowly()
  }

  /** These integrations may have something due. */
  wake(integrationIds: readonly string[]): void {
    this.#readyAlso(integrationIds)
    this.#loop.request()
  }

  /** Time has passed: retries, probes and another look at an audience may be due. */
  tick(): void {
    const due = (this.nextAt() ?? Infinity) <= this.#deps.clock()
    if (!due && !this.#unsure && !this.#keeper.hasStale(this.#config)) return
    this.#nextDue = undefined
    this.wakeAll()
  }

  wakeAll(): void {
    this.wake(this.#config.integrations.map(({ id }) => id))
  }

  /** When something will be due that is not now; undefined when nothing is. */
  nextAt(): number | undefined {
    return earliest([
      this.#nextTakeAt(),
      this.#keeper.nextProbeAt(this.#config),
      this.#config.credential.hold ? undefined : this.#batches.nextAt(),
    ])
  }

  /** What is due has to wait for a connection; an answer that frees one wakes the lane by itself. */
  #nextTakeAt(): number | undefined {
    const isFull = this.#flights.room() === 0
    return isFull && this.#nextDue !== undefined ? this.#flights.nextRoomAt() : this.#nextDue
  }

  async idle(): Promise<void> {
    do {
      await this.#flights.ended()
      await this.#batches.idle()
      await this.#circuit.idle()
      await this.#loop.rested()
    } while (!this.isQuiet)
  }

  get isQuiet(): boolean {
    return !this.#loop.isRunning() && this.#flights.isQuiet && this.#batches.isQuiet
  }

  /** Takes nothing new, waits for the answers under way, and records them. */
  async stop(): Promise<void> {
    this.#stopping = true
    try {
      // A round under way may still send what it has taken.
      await this.#loop.idle()
      await this.#flights.ended()
      await this.#batches.drain()
      this.#loop.request()
      await this.#loop.stop()
      await this.#batches.stop()
      await this.#circuit.idle()
    } finally {
      this.#flights.leave()
      await this.#deps.client.close()
    }
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
    const deliverable = inLine(this.#deliverable(), this.#served)
    const asked = this.#circuit.isOnTrial ? deliverable : deliverable.filter(({ id }) => woken.includes(id))
    const asserting = this.#mayTake ? await this.#leftovers.due(this.#config.integrations) : []
    const ready = await this.#keeper.prepare([...asserting, ...asked])
    const taking = {
      flights: this.#flights,
      circuit: this.#circuit,
      isHeld: this.#config.credential.hold !== undefined,
    }
    const { answered, trouble, space, taken } = await this.#share.turn(() => take(this.#deps, { ...taking, ready }))
    this.#served = taken.assignments.at(-1)?.integration.id ?? this.#served
    answered.forEach(conclusion => tellAttempt(this.#deps.telemetry, conclusion))
    taken.ended.forEach(ended => this.#deps.telemetry.settled(ended))
    tellUndecided(this.#deps.telemetry, taken.undecided)
    await this.#keeper.follow(this.#config, answered, taken)
    if (trouble !== undefined) await this.#keeper.trip(this.#config.credential, trouble, this.#circuit.paused)
    // A backlog is gathered from all integrations, not only from those that woke the lane; some may be held by now.
    const open = this.#deliverable()
    const batched = await this.#batch(await this.#keeper.prepare(open))
    const moved = batched || taken.assignments.length + taken.settled + answered.length > 0
    // With no room, or with the contact busy, the answer that ends it wakes these again.
    if (moved || taken.left > 0 || space === 0) this.#readyAlso(woken)
    const isOver = !moved && taken.left > 0 && this.#circuit.isOnTrial && this.#flights.isQuiet
    if (isOver) this.#circuit.close()
    if (moved || isOver) this.#loop.request()
    else await this.#lookAhead(open)
  }

  /** R28: what batches did; says whether there is more to do at once. */
  async #batch(ready: readonly Ready[]): Promise<boolean> {
    const { integrations, credential } = this.#config
    const turn = {
      integrations,
      ready,
      known: this.#keeper.known(integrations),
      busy: this.#flights.busy,
      mayCall: await this.#mayCall(),
      // With one connection, a withdrawal would wait behind the handing in.
      mayGather: !this.#circuit.isOnTrial && connectionsOf(this.#config) > 1,
      isRefused: credential.hold !== undefined && !isOutage(credential.hold),
    }
    const turned = await this.#share.turn(() => this.#batches.turn(turn))
    turned.conclusions.forEach(conclusion => tellAttempt(this.#deps.telemetry, conclusion))
    turned.ended.forEach(ended => this.#deps.telemetry.settled(ended))
    await this.#keeper.follow(this.#config, turned.conclusions, NOTHING_TAKEN)
    if (turned.blocking) await this.#keeper.blocked(this.#config, turned.blocking)
    if (integrations.length === 0 && this.#batches.isDone) await this.#leftovers.forgetKey()
    return turned.moved
  }

  /** Once every answer under way is on disk, debts that are still marked as being sent are taken back. */
  async #makeSure(): Promise<void> {
    if (!this.#flights.isQuiet) return
    const { db, clock, windowMs } = this.#deps
    const now = clock()
    for (const { id } of this.#config.integrations)
      await db.transaction(tx => recover(tx, { now, windowMs, dueAt: now, integrationId: id }))
    this.#batches.doubt()
    this.#unsure = false
  }

  /** Whose key it is has to be known, though no integration delivers (R24). */
  async #mayCall(): Promise<boolean> {
    if (!this.#mayTake || this.#batches.nextAt() === undefined) return this.#mayTake
    return (await this.#whose.isKnown()) && this.#mayTake
  }

  get #mayTake(): boolean {
    return !this.#stopping && !this.#unsure && !this.#config.credential.hold
  }

  #deliverable(): readonly Integration[] {
    return this.#mayTake ? this.#config.integrations.filter(mayDeliver) : []
  }

  async #lookAhead(deliverable: readonly Integration[]): Promise<void> {
    const { integrations } = this.#config
    if (!this.#stopping) await this.#leftovers.depart(integrations)
    const ids = deliverable.map(({ id }) => id)
    const next = await this.#leftovers.nextAt(integrations, this.#mayTake)
    this.#nextDue = earliest([await nextDueAt(this.#deps.db, ids), next])
  }

  #readyAlso(integrationIds: readonly string[]): void {
    this.#ready = new Set([...this.#ready, ...integrationIds])
  }

  gauges(): Gauges {
    return gaugesOf(this.#config, this.#flights.gauges())
  }
}
