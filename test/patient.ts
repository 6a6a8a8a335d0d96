import { type OpeningLimits } from '../src/opening.ts'
import { HOUR, MINUTE } from '../src/domain/instant.ts'
import { type StoreLimits } from '../src/store/engine/limits.ts'
import { type StopLimits } from '../src/stopping.ts'

const LONG = { lockMs: HOUR, statementMs: HOUR, idleMs: HOUR, wholeMs: HOUR }

/** No limit that a machine comes near which is busy with something else. */
export const PATIENT_STORE: StoreLimits = {
  connectMs: 10 * MINUTE,
  graceMs: 10 * MINUTE,
  closeMs: 10 * MINUTE,
  uses: { intake: LONG, delivery: LONG, usual: LONG, long: LONG },
}

export type Patience = OpeningLimits & { readonly webhookMs: number; readonly stop: StopLimits }

export const PATIENT = {
  store: PATIENT_STORE,
  lease: { lengthMs: HOUR, renewMs: 100, retryMs: 20, connectMs: 10 * MINUTE, answerMs: 10 * MINUTE },
  webhookMs: 10 * MINUTE,
  stop: { askMs: 10 * MINUTE, answerMs: 10 * MINUTE, mostMs: HOUR },
} satisfies Patience
