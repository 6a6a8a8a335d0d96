import { type Telemetry } from '../../telemetry.ts'
import { reasonOf, type Conclusion } from '../delivery/conclude.ts'
import { type Undecided } from '../delivery/decide-due.ts'

/** Tells of an attempt that is on disk, and how long what Mailchimp took by it had waited. */
export const tellAttempt = (telemetry: Telemetry, { assignment, outcome, finishedAt }: Conclusion): void =>
  telemetry.attemptEnded({
    integrationId: assignment.integration.id,
    outcome: outcome.kind,
    reason: reasonOf(outcome),
    durationMs: finishedAt - assignment.startedAt,
    waits:
      outcome.kind === 'delivered'
        ? assignment.carried.map(({ receivedAt, withdrawal }) => ({ ms: finishedAt - receivedAt, withdrawal }))
        : [],
  })

/** Tells of decisions that failed where in our code; what the error says may quote what was told of a person (I11). */
export function tellUndecided(telemetry: Telemetry, undecided: readonly Undecided[]): void {
  for (const { reason, error } of undecided)
    if (reason === 'decision_failed') telemetry.stepFailed('decision', withoutMessage(error))
}

function withoutMessage(error: unknown): Error {
  const told = new Error('a debt could not be decided')
  if (!(error instanceof Error)) return told
  const head = `${error.name}: ${error.message}`
  const frames = error.stack?.startsWith(head) === true ? error.stack.slice(head.length) : ''
  told.stack = `${error.name}${frames}`
  return told
}
