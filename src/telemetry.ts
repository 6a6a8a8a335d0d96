import { type Logger } from 'pino'

/** How long a fact has waited when Mailchimp answered, and whether it may take something back. */
type Wait = { readonly ms: number; readonly withdrawal: boolean }

/** What became of a received record: the kinds that add up in I16. */
export type RecordKind =
  'folded' | 'evidence' | 'ignored' | 'anonymous' | 'duplicate' | 'quarantined' | 'erased' | 'expired'

/** The database is `back`, or `heard` again after it said nothing at all. */
export type LeaseState = 'waits' | 'taken' | 'lost' | 'back' | 'heard'

/** The one module that says what happened. No address, secret or merge value may be given to it (I11). */
export type Telemetry = {
  /** Records of a source that are on disk now (I16). */
  received(what: { sourceId: string; kind: RecordKind; records: number }): void
  quarantined(what: { sourceId: string; inboxId: string; faults: number }): void
  /** Records of a body that were set apart are read now; `setApart` are still not. */
  reread(what: { sourceId: string; inboxId: string; read: number; setApart: number }): void
  webhookAnswered(what: { status: number; durationMs: number }): void
  /** Facts of an authenticated sender, too large to be taken: what they said is lost to us. */
  bodyRefused(what: { route: string }): void
  /** One request of a lane, of any kind: an HTTP status, or why there is none. */
  mailchimpAnswered(what: {
    credentialId: string
    answer: number | string
    throttled: boolean
    durationMs: number
  }): void
  /** Is recorded; `waits` are those of the facts that it was the first to take to Mailchimp. */
  attemptEnded(what: {
    integrationId: string
    outcome: string
    reason: string | undefined
    durationMs: number
    waits: readonly Wait[]
  }): void
  /** A debt came to an end, and the end is on disk. */
  settled(what: { integrationId: string; end: string; reason: string | undefined }): void
  held(what: { table: string; id: string; cause: string }): void
  released(what: { table: string; id: string }): void
  recovered(what: { debts: number }): void
  /** R22: an integration is gone that had something to assert; it could not for this many contacts. */
  left(what: { integrationId: string; unproven: number }): void
  /** Mailchimp took operations as one batch (R28). */
  batchSubmitted(what: { batchId: string; operations: number }): void
  /** R28: after a call for many, contacts that had not subscribed have another status than before. */
  statusesChanged(what: { batchId: string; contacts: number }): void
  batchEnded(what: { batchId: string; state: string; operations: number; errored: number }): void
  /** Some withdrawal has waited for so long. Reported once for each level, until they have caught up (R26). */
  withdrawalLate(what: { integrationId: string; level: 'warning' | 'error' | 'incident'; ageMs: number }): void
  withdrawalsCaughtUp(what: { integrationId: string }): void
  /** Rows were older than they are kept for. */
  expired(what: { kind: string; records: number }): void
  /** All of what an older release left has gone through this step of the upgrade. */
  upgraded(what: { step: string }): void
  /** A caller did not prove to have an account; `limited`: after too many tries that failed, so nothing was compared. */
  signInRefused(what: { limited: boolean }): void
  /** Whether this process may deliver, and whether the database answers it. */
  leaseChanged(what: { state: LeaseState }): void
  /** A stop was given up; what was not let go of ends with the process. */
  stopCutShort(what: { step: string; reason: string; waitedMs: number }): void
  /** R32: webhooks are not taken from here on, and why. */
  storeUnwell(what: { trouble: string }, error: unknown): void
  storeWell(): void
  /** R31: the wall clock of this machine was set, back if `ms` is negative. One that slept seems to have been set forward. */
  clockSet(what: { ms: number }): void
  /** R31: by how much another clock is ahead of this service's, from 30 s on. Reported once, until they agree again. */
  clockDiffers(what: { from: string; ms: number }): void
  clockAgrees(what: { with: string }): void
  requestFailed(what: { requestId: string; route: string }, error: unknown): void
  stepFailed(step: string, error: unknown): void
}

/** In milliseconds: from here on the clock is to be looked after. */
const MUCH = 30_000

export const createTelemetry = (log: Logger): Telemetry => ({
  received: what => log.debug(what, 'records were received'),
  quarantined: what => log.warn(what, 'part of a body was set apart'),
  reread: what => log.info(what, 'a body was read again'),
  webhookAnswered: what => log.trace(what, 'a webhook was answered'),
  bodyRefused: what => log.error(what, 'a body was refused for its size and is lost'),
  mailchimpAnswered: what => log.trace(what, 'Mailchimp answered'),
  attemptEnded: what => log.debug(what, 'attempt ended'),
  settled: what => log.debug(what, 'delivery ended'),
  held: what => log.warn(what, 'delivery is held'),
  released: what => log.info(what, 'delivery goes on'),
  recovered: what => log.info(what, 'took back what was being sent when the service stopped'),
  left: what => log[what.unproven > 0 ? 'error' : 'info'](what, 'an integration left'),
  batchSubmitted: what => log.info(what, 'a batch was handed in'),
  statusesChanged: what => log.error(what, 'contacts have another status after a call for many'),
  batchEnded: what => log[what.state === 'finished' ? 'info' : 'warn'](what, 'a batch ended'),
  withdrawalLate: what => log[what.level === 'warning' ? 'warn' : 'error'](what, 'a withdrawal is late'),
  withdrawalsCaughtUp: what => log.info(what, 'no withdrawal is late any more'),
  expired: what => log.info(what, 'what is not kept any longer has expired'),
  upgraded: what => log.info(what, 'a step of the upgrade is done'),
  signInRefused: what => log.warn(what, 'a sign-in was refused'),
  leaseChanged: what => log[['taken', 'back'].includes(what.state) ? 'info' : 'warn'](what, LEASE_MESSAGES[what.state]),
  stopCutShort: what => log.error(what, 'the stop was cut short'),
  storeUnwell: (what, error) => log.error({ ...what, ...faultOf(error) }, 'the store is not well'),
  storeWell: () => log.info('the store is well again'),
  clockSet: what => log[what.ms <= -MUCH ? 'error' : 'warn'](what, 'the clock was set'),
  clockDiffers: what => log.error(what, 'the clock differs from another'),
  clockAgrees: what => log.info(what, 'the clock agrees with another again'),
  requestFailed: (what, error) => log.error({ ...what, ...faultOf(error) }, 'a request failed by a bug'),
  stepFailed: (step, error) => log.error({ step, ...faultOf(error) }, 'a step failed'),
})

/** Tells each of them everything. */
export const toAll = (...all: readonly Telemetry[]): Telemetry => ({
  received: what => all.forEach(each => each.received(what)),
  quarantined: what => all.forEach(each => each.quarantined(what)),
  reread: what => all.forEach(each => each.reread(what)),
  webhookAnswered: what => all.forEach(each => each.webhookAnswered(what)),
  bodyRefused: what => all.forEach(each => each.bodyRefused(what)),
  mailchimpAnswered: what => all.forEach(each => each.mailchimpAnswered(what)),
  attemptEnded: what => all.forEach(each => each.attemptEnded(what)),
  settled: what => all.forEach(each => each.settled(what)),
  held: what => all.forEach(each => each.held(what)),
  released: what => all.forEach(each => each.released(what)),
  recovered: what => all.forEach(each => each.recovered(what)),
  left: what => all.forEach(each => each.left(what)),
  batchSubmitted: what => all.forEach(each => each.batchSubmitted(what)),
  statusesChanged: what => all.forEach(each => each.statusesChanged(what)),
  batchEnded: what => all.forEach(each => each.batchEnded(what)),
  withdrawalLate: what => all.forEach(each => each.withdrawalLate(what)),
  withdrawalsCaughtUp: what => all.forEach(each => each.withdrawalsCaughtUp(what)),
  expired: what => all.forEach(each => each.expired(what)),
  upgraded: what => all.forEach(each => each.upgraded(what)),
  signInRefused: what => all.forEach(each => each.signInRefused(what)),
  leaseChanged: what => all.forEach(each => each.leaseChanged(what)),
  stopCutShort: what => all.forEach(each => each.stopCutShort(what)),
  storeUnwell: (what, error) => all.forEach(each => each.storeUnwell(what, error)),
  storeWell: () => all.forEach(each => each.storeWell()),
  clockSet: what => all.forEach(each => each.clockSet(what)),
  clockDiffers: what => all.forEach(each => each.clockDiffers(what)),
  clockAgrees: what => all.forEach(each => each.clockAgrees(what)),
  requestFailed: (what, error) => all.forEach(each => each.requestFailed(what, error)),
  stepFailed: (step, error) => all.forEach(each => each.stepFailed(step, error)),
})

const LEASE_MESSAGES = {
  waits: 'waits for the lease of another process to run out, unless that one lives',
  taken: 'this process delivers: it holds the lease',
  lost: 'delivery has stopped: this process does not hold the lease any more',
  back: 'the database answers again',
  heard: 'the database answers again after a silence; connections are opened again',
} as const satisfies Record<LeaseState, string>

/** Without its cause: a database driver may quote the row that it refused. */
const faultOf = (error: unknown): { message: string; stack: string | undefined } =>
  error instanceof Error ? { message: error.message, stack: error.stack } : { message: String(error), stack: undefined }
