import { type Telemetry } from '../../telemetry.ts'
import { reasonOf, type Conclusion } from '../delivery/conclude.ts'

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
