import { faultIn, readWebhook, type Reading } from './webhook.ts'
import { Problem } from '../domain/problem.ts'

/** Records that a person or a script sent. Refuses them all, naming every fault, since their sender can correct them. */
export function readSubmitted(raw: Buffer, now: number): readonly Reading[] {
  const readings = readWebhook(raw, now)
  const faults = readings.flatMap(faultIn)
  if (faults.length === 0) return readings
  throw new Problem(
    'invalid_request',
    'some of the events cannot be read',
    faults.map(({ path, why }) => ({
      path: `events${path}`,
      code: 'invalid_event',
      detail: `events${path} ${why}.`,
      remedy: "Write it as Didomi's webhooks do.",
    })),
  )
}
