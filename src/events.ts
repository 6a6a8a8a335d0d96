import { type Logger } from 'pino'

/** The one module that says what happened. No address, secret or merge value may be given to it (I11). */
export type Events = {
  attemptEnded(what: { integrationId: string; outcome: string; reason: string | undefined; durationMs: number }): void
  held(what: { table: string; id: string; cause: string }): void
  released(what: { table: string; id: string }): void
  quarantined(what: { sourceId: string; inboxId: string; faults: number }): void
  recovered(what: { debts: number }): void
  requestFailed(what: { requestId: string; route: string }, error: unknown): void
  /** Too large, or of a type that is not taken: whatever it said is lost to us. */
  bodyRefused(what: { route: string }): void
  stepFailed(step: string, error: unknown): void
}

export const createEvents = (log: Logger): Events => ({
  attemptEnded: what => log.debug(what, 'attempt ended'),
  held: what => log.warn(what, 'delivery is held'),
  released: what => log.info(what, 'delivery goes on'),
  quarantined: what => log.warn(what, 'part of a body was set apart'),
  recovered: what => log.info(what, 'took back what was being sent when the service stopped'),
  requestFailed: (what, error) => log.error({ ...what, ...faultOf(error) }, 'a request failed by a bug'),
  bodyRefused: what => log.error(what, 'a body was refused for its size or type and is lost'),
  stepFailed: (step, error) => log.error({ step, ...faultOf(error) }, 'a step failed'),
})

/** Without its cause: a database driver may quote the row that it refused. */
const faultOf = (error: unknown): { message: string; stack: string | undefined } =>
  error instanceof Error ? { message: error.message, stack: error.stack } : { message: String(error), stack: undefined }
