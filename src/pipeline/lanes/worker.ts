import { type Telemetry } from '../../telemetry.ts'
import { createClient, type After } from '../../mailchimp/client.ts'
import { type Download } from '../../mailchimp/download.ts'
import { type Database } from '../../store/engine/database.ts'
import { type NewId } from '../../store/engine/ids.ts'
import { type Lease } from '../../store/ownership/lease.ts'
import { listCredentials, listSending, type Credential } from '../../store/settings/integrations.ts'
import { type Seal } from '../../store/settings/sealed.ts'
import { keyPlace } from '../secrets.ts'
import { earliest } from './earliest.ts'
import { type LaneConfig } from './keeper.ts'
import { type Gauges } from './gauges.ts'
import { Lane } from './lane.ts'
import { connectionsOf, Logins, type Share } from './logins.ts'
import { recover } from '../delivery/recover.ts'
import { ghostEnd } from '../../domain/governor.ts'
import { groupBy } from '../../domain/group.ts'
import { restEnd } from '../../domain/resting.ts'
import { openWindows } from '../../store/debts/windows.ts'
import { createLoop, type Loop } from '../loop.ts'
import { watched, type Asking } from './watched-client.ts'
import { whileOwned } from './owned-client.ts'

type WorkerDeps = {
  readonly db: Database
  readonly lease: Pick<Lease, 'epoch' | 'guard'>
  readonly seal: Seal
  readonly originFor: (dataCentre: string) => string
  readonly after: After
  readonly download: Download
  /** With more due debts than this there are batches (R28). */
  readonly batchAbove: number
  readonly clock: () => number
  readonly dice: () => number
  readonly asking: Asking
  readonly newId: NewId
  readonly telemetry: Telemetry
  /** Everyone of some integration is to be owed. */
  readonly onToOwe: () => void
  /** How long Mailchimp may still apply a request of unknown outcome after it left (R22), in ms. */
  readonly windowMs: number
  /** While the store cannot take the marks of an attempt, none is begun (R32). */
  readonly durability: { trouble(): unknown }
}

type Tenure = { readonly epoch: number; readonly db: Database }

/** Delivers for every credential, each in a lane of its own. */
export class Worker {
  readonly #deps: WorkerDeps
  readonly #lanes = new Map<string, Lane>()
  /** Which credential serves which integration; only those whose source folds a family are complete. */
  #laneOf: ReadonlyMap<string, string> = new Map()
  #complete: ReadonlySet<string> = new Set()
  /** By credential, until when each request of the process before this one may still run (R24). */
  #ghosts: ReadonlyMap<string, readonly number[]> = new Map()
  #logins: Logins
  #reloading: Promise<void> = Promise.resolve()
  #stopped = false
  /** While the lease is ours: its epoch, and the store as it writes for that epoch only. */
  #tenure: Tenure | undefined
  readonly #following: Loop
  readonly #looking: Loop

  constructor(deps: WorkerDeps) {
    this.#deps = deps
    this.#logins = new Logins({ clock: deps.clock, ghosts: this.#ghosts })
    this.#following = createLoop(
      () => this.follow(),
      error => deps.telemetry.stepFailed('lease', error),
    )
    this.#looking = createLoop(
      async () => {
        await this.reload()
        this.#lanes.forEach(lane => lane.wakeAll())
      },
      error => deps.telemetry.stepFailed('reload', error),
    )
  }

  /**
   * Delivers as long as the lease is ours (I14). A tenure begins with what the one before left half done (I8): its end
   * cannot be known, since an owner that lost the lease records nothing any more.
   */
  async follow(): Promise<void> {
    const epoch = this.#deps.lease.epoch()
    if (this.#stopped || epoch === this.#tenure?.epoch) return
    await this.#standDown()
    if (epoch === undefined) return
    const db = this.#deps.lease.guard(this.#deps.db)
    await this.#takeOver(db)
    this.#tenure = { epoch, db }
    try {
      await this.reload()
    } catch (error) {
      this.#tenure = undefined
      throw error
    }
  }

  /** What was under way comes to rest, and counts as if it still ran (R24). */
  async #takeOver(db: Database): Promise<void> {
    const { clock, telemetry, windowMs } = this.#deps
    const now = clock()
    const debts = await db.transaction(tx => recover(tx, { now, windowMs, dueAt: restEnd(now, windowMs) }))
    const windows = groupBy(await openWindows(db, { now, windowMs }), ({ credentialId }) => credentialId)
    this.#ghosts = new Map([...windows].map(([id, open]) => [id, open.map(({ until }) => ghostEnd(until - windowMs))]))
    this.#logins = new Logins({ clock, ghosts: this.#ghosts })
    if (debts > 0) telemetry.recovered({ debts })
  }

  /** Does so soon, and until it succeeds. */
  requestFollow(): void {
    this.#following.request()
  }

  /** Reads the configuration again; one reading after the other, so that an older never replaces a newer one. */
  reload(): Promise<void> {
    this.#reloading = this.#reloading.catch(() => undefined).then(() => this.#reloadNow())
    return this.#reloading
  }

  /** These integrations may have something due; those that are not complete yet are read again first. */
  wake(integrationIds: readonly string[]): void {
    if (!this.#tenure) return
    if (integrationIds.every(id => this.#complete.has(id))) return this.#wakeLanes(integrationIds)
    this.#reloading = this.reload().then(
      () => this.#wakeLanes(integrationIds),
      (error: unknown) => this.#deps.telemetry.stepFailed('reload', error),
    )
  }

  /**
   * A commit whose answer was lost may have written something. Reads the configuration again, and looks for what is due
   * in every lane; soon, and until it succeeds.
   */
  lookAgain(): void {
    if (!this.#stopped) this.#looking.request()
  }

  /** This process has the lease, and its lanes deliver. */
  get isDelivering(): boolean {
    return this.#tenure !== undefined && this.#tenure.epoch === this.#deps.lease.epoch()
  }

  /** Time has passed. */
  tick(): void {
    if (this.#deps.durability.trouble() !== undefined) return
    this.#lanes.forEach(lane => lane.tick())
  }

  /** When something will be due that is not now; undefined when nothing is, or no time helps the store. */
  nextAt(): number | undefined {
    if (this.#deps.durability.trouble() !== undefined) return undefined
    return earliest([...this.#lanes.values()].map(lane => lane.nextAt()))
  }

  async idle(): Promise<void> {
    await this.#following.idle()
    await this.#looking.idle()
    await this.#reloading
    // One lane may free what another one waits for.
    do await Promise.all([...this.#lanes.values()].map(lane => lane.idle()))
    while ([...this.#lanes.values()].some(lane => !lane.isQuiet))
  }

  /** Takes nothing new, and records what is under way. */
  async stop(): Promise<void> {
    this.#stopped = true
    await Promise.all([this.#following.stop(), this.#looking.stop()])
    await this.#reloading.catch(() => undefined)
    await this.#endLanes([...this.#lanes.values()])
  }

  /** All of them end, though one fails: nothing new begins before the last answer is in (I4). */
  async #endLanes(lanes: readonly Lane[]): Promise<void> {
    const ends = await Promise.allSettled(lanes.map(lane => lane.stop()))
    for (const end of ends) if (end.status === 'rejected') this.#deps.telemetry.stepFailed('end of a lane', end.reason)
  }

  /** Takes nothing new, and waits for the answers under way: no contact may have two requests at once (I4). */
  async #standDown(): Promise<void> {
    this.#tenure = undefined
    await this.#reloading.catch(() => undefined)
    const lanes = [...this.#lanes.values()]
    this.#lanes.clear()
    await this.#endLanes(lanes)
  }

  async #reloadNow(): Promise<void> {
    const tenure = this.#tenure
    if (!tenure) return
    const { db } = tenure
    const [credentials, integrations] = await Promise.all([listCredentials(db), listSending(db)])
    if (this.#tenure !== tenure) return
    this.#laneOf = new Map(integrations.map(({ id, credentialId }) => [id, credentialId]))
    this.#complete = new Set(integrations.filter(({ feed }) => feed !== undefined).map(({ id }) => id))
    this.#retire(credentials)
    const configs = credentials.map(credential => ({
      credential,
      integrations: integrations.filter(({ credentialId }) => credentialId === credential.id),
    }))
    const shares = this.#logins.share(configs)
    for (const config of configs) {
      const share = shares.get(config.credential.id)
      if (share) this.#configure(config, share, db)
    }
  }

  /** A key that no integration uses any more is forgotten; its lane ends once its answers are recorded. */
  #retire(credentials: readonly Credential[]): void {
    for (const [id, lane] of this.#lanes) {
      if (credentials.some(credential => credential.id === id)) continue
      this.#lanes.delete(id)
      lane.stop().catch((error: unknown) => this.#deps.telemetry.stepFailed('end of a lane', error))
    }
  }

  #configure(config: LaneConfig, share: Share, db: Database): void {
    const { id } = config.credential
    const lane = this.#lanes.get(id)
    if (lane) return lane.configure(config, share)
    if (this.#stopped) return
    const started = this.#laneFor(config, share, db)
    this.#lanes.set(id, started)
    started.wake([])
  }

  #laneFor(config: LaneConfig, share: Share, db: Database): Lane {
    const { seal, originFor, after, clock, telemetry, lease, asking } = this.#deps
    const { id, dataCentre, sealedKey } = config.credential
    const apiKey = seal.open(sealedKey, keyPlace(id))
    const origin = originFor(dataCentre)
    const client = createClient({ apiKey, origin, after, connections: connectionsOf(config) })
    const own = whileOwned(client, () => lease.epoch() !== undefined)
    const told = watched(own, { credentialId: id, clock, telemetry, asking })
    return new Lane(config, share, {
      ...this.#deps,
      db,
      client: told,
      origin,
      ghosts: this.#ghosts.get(id) ?? [],
      contacts: this.#logins.contacts,
      wakeAny: ids => this.wake(ids),
      reload: () => this.reload(),
    })
  }

  #wakeLanes(integrationIds: readonly string[]): void {
    for (const [credentialId, lane] of this.#lanes) {
      const own = integrationIds.filter(id => this.#laneOf.get(id) === credentialId)
      if (own.length > 0) lane.wake(own)
    }
  }

  /** What every lane has in use now, and what holds it. */
  gauges(): readonly Gauges[] {
    return [...this.#lanes.values()].map(lane => lane.gauges())
  }
}
