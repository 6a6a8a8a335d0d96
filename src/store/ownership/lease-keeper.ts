import { isFree, isRenewed, type LeaseRow, type LeaseView } from '../../domain/lease.ts'
import { SECOND } from '../../domain/instant.ts'
import { STORE_LIMITS, type StoreLimits } from '../engine/limits.ts'
import { isSilence } from '../engine/postgres-connection.ts'
import { openLeaseSession, type LeaseSession } from './lease-session.ts'

export type LeaseTimes = {
  /** How long a lease lasts without being renewed. */
  readonly lengthMs: number
  readonly renewMs: number
  /** Between two tries to take it, or to renew it after a failure. */
  readonly retryMs: number
  /** For a new connection, and for each answer on it. */
  readonly connectMs: number
  readonly answerMs: number
}

/** What a dead owner had to do is taken over within 15 s. */
const LEASE_TIMES: LeaseTimes = {
  lengthMs: 12 * SECOND,
  renewMs: 3 * SECOND,
  retryMs: SECOND / 2,
  connectMs: 2 * SECOND,
  answerMs: 3 * SECOND,
}

/** `taken` after waiting for it or losing it; the database is `back`, or `heard` again after it said nothing at all. */
export type LeaseNews = 'waits' | 'taken' | 'lost' | 'back' | 'heard'

export type KeeperDeps = {
  readonly url: string
  /** This process, and no other. */
  readonly owner: string
  readonly tell: (news: LeaseNews) => void
  readonly limits?: StoreLimits | undefined
  readonly times?: LeaseTimes | undefined
  /** Milliseconds by a clock that cannot be set. */
  readonly monotonic?: () => number
}

type Tenure = { readonly owner: string; readonly epoch: number; readonly until: number }

/** Keeps the lease of one process: takes it, renews it, and takes it again when it was lost. */
export class LeaseKeeper {
  readonly #deps: KeeperDeps
  readonly #times: LeaseTimes
  readonly #now: () => number
  #session: LeaseSession | undefined
  #tenure: Tenure | undefined
  /** The lease as another process holds it, and since when it has been so. */
  #seen: { readonly row: LeaseRow; readonly since: number } | undefined
  #isAway = false
  #isSilent = false
  /** It was told that there is no tenure. */
  #isMissed = false
  #onChange: () => void = () => undefined
  #onBack: () => void = () => undefined
  #timer: NodeJS.Timeout | undefined
  #turn: Promise<void> | undefined
  #isBegun = false
  #isOver = false

  constructor(deps: KeeperDeps) {
    this.#deps = deps
    this.#times = deps.times ?? LEASE_TIMES
    this.#now = deps.monotonic ?? (() => performance.now())
  }

  /** Judged by our own clock from before the lease was asked for, so never longer than the database says. */
  epoch(): number | undefined {
    return this.#tenure && this.#now() < this.#tenure.until ? this.#tenure.epoch : undefined
  }

  onChange(listener: () => void): void {
    this.#onChange = listener
  }

  onBack(listener: () => void): void {
    this.#onBack = listener
  }

  /** The first tenure. Waits for a lease that is not renewed any more, and refuses when it is. */
  async begin(): Promise<void> {
    let before: LeaseRow | undefined
    for (let row = await this.#take(); row; row = await this.#take()) {
      if (before && isRenewed(before, row))
        throw new Error('another instance of Consent Relay works on this database; only one may')
      if (!before) this.#miss('waits')
      before ??= row
      await new Promise(resolve => setTimeout(resolve, this.#times.retryMs))
    }
    this.#isBegun = true
    this.#later(0)
  }

  async release(): Promise<void> {
    this.#isOver = true
    clearTimeout(this.#timer)
    await this.#turn
    const tenure = this.#tenure
    this.#tenure = undefined
    // A lease that cannot be given back runs out.
    if (tenure) await this.#session?.release(tenure).catch(() => undefined)
    this.#session?.end()
  }

  #later(ms: number): void {
    if (this.#isOver) return
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      this.#turn = this.#next().finally(() => (this.#turn = undefined))
    }, ms)
  }

  async #next(): Promise<void> {
    try {
      if (this.#tenure) await this.#renew(this.#tenure)
      else await this.#take()
      if (this.#isAway) this.#comeBack()
      this.#later(this.#tenure ? this.#times.renewMs : this.#times.retryMs)
    } catch (error) {
      this.#isAway = true
      this.#isSilent ||= isSilence(error)
      this.#session?.end()
      this.#session = undefined
      if (this.#tenure && this.#now() >= this.#tenure.until) this.#lose()
      this.#later(this.#times.retryMs)
    }
  }

  #comeBack(): void {
    this.#deps.tell(this.#isSilent ? 'heard' : 'back')
    this.#isAway = this.#isSilent = false
    this.#onBack()
  }

  async #renew(tenure: Tenure): Promise<void> {
    const until = this.#now() + this.#times.lengthMs
    const session = await this.#open()
    if (!(await session.renew(tenure, this.#times.lengthMs))) return this.#lose()
    const ranOut = this.epoch() === undefined
    this.#tenure = { ...tenure, until }
    // Who looked meanwhile has seen no tenure.
    if (ranOut) this.#onChange()
  }

  /** Takes the lease, or gives it as another process holds it. */
  async #take(): Promise<LeaseRow | undefined> {
    const { owner } = this.#deps
    const { lengthMs } = this.#times
    const until = this.#now() + lengthMs
    const session = await this.#open()
    const epoch = await session.take({ owner, lengthMs, mayTake: view => this.#mayTake(view) })
    if (epoch === undefined) return this.#seen?.row
    this.#seen = undefined
    this.#tenure = { owner, epoch, until }
    if (this.#isMissed) this.#deps.tell('taken')
    this.#isMissed = false
    this.#onChange()
    return undefined
  }

  #mayTake(view: LeaseView): boolean {
    if (!this.#seen || isRenewed(this.#seen.row, view.row)) this.#seen = { row: view.row, since: this.#now() }
    const unchangedMs = this.#now() - this.#seen.since
    return isFree(view, { owner: this.#deps.owner, lengthMs: this.#times.lengthMs, unchangedMs })
  }

  #lose(): void {
    this.#tenure = undefined
    this.#miss('lost')
    this.#onChange()
  }

  #miss(news: 'waits' | 'lost'): void {
    this.#isMissed = true
    this.#deps.tell(news)
  }

  async #open(): Promise<LeaseSession> {
    const { url, limits = STORE_LIMITS } = this.#deps
    const { connectMs, answerMs } = this.#times
    // Its end is the first sign of a restart: the lease is renewed on the next one before another process takes it.
    const onEnd = () => {
      this.#session = undefined
      if (this.#isBegun && !this.#turn) this.#later(0)
    }
    return (this.#session ??= await openLeaseSession({ url, limits, connectMs, answerMs, onEnd }))
  }
}
