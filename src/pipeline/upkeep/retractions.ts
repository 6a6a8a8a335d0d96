import { holds, type BrakeDecision } from '../../domain/brake.ts'
import { Problem } from '../../domain/problem.ts'
import { answerBrake, findBrake, forgetLost, lockBrakes, releaseUnanswered } from '../../store/contacts/brakes.ts'
import { oweReleased } from '../../store/contacts/braked-targets.ts'
import { type Database } from '../../store/engine/database.ts'
import { type NewId } from '../../store/engine/ids.ts'
import { type Telemetry } from '../../telemetry.ts'
import { audited, type Actor } from '../audited.ts'
import { existing } from '../existing.ts'
import { createSweep, type Loop } from '../loop.ts'

type RetractionDeps = {
  readonly db: Database
  readonly clock: () => number
  readonly telemetry: Pick<Telemetry, 'stepFailed'>
  /** Called after the commit, with the integrations that owe something now. */
  readonly onOwed: (integrationIds: readonly string[]) => void
}

/** Makes due the retractions that were answered with yes, or not at all within 24 hours (R33). */
export type Retractions = Pick<Loop, 'request' | 'idle' | 'stop'>

/** Made due in one transaction, so that no other caller waits for long. */
const CHUNK = 500

export function createRetractions({ db, clock, telemetry, onOwed }: RetractionDeps): Retractions {
  return createSweep(
    async () => {
      const owing = await db.transaction(async tx => {
        await releaseUnanswered(tx, clock())
        await forgetLost(tx, clock())
        return oweReleased(tx, { at: clock(), limit: CHUNK })
      })
      if (owing.length > 0) onOwed([...new Set(owing)])
      return owing.length > 0
    },
    error => telemetry.stepFailed('retractions', error),
  )
}

type AnswerDeps = {
  readonly db: Database
  readonly clock: () => number
  readonly newId: NewId
  readonly retractions: Pick<Loop, 'request'>
}

type Answering = { readonly id: string; readonly decision: BrakeDecision; readonly actor: Actor }

/** R33: an operator lets the retractions of a problem go, or keeps them from going. A no can become a yes. */
export async function answerRetractions(deps: AnswerDeps, { id, decision, actor }: Answering): Promise<void> {
  await deps.db.transaction(async tx => {
    const { sourceId } = existing(await findBrake(tx, id), `problem ${id}`)
    await lockBrakes(tx, sourceId)
    const before = existing(await findBrake(tx, id), `problem ${id}`)
    const at = deps.clock()
    if (!holds(before, at)) {
      if (decision === 'release') return
      throw new Problem('wrong_state', 'these retractions were let go already, so they cannot be withheld any more')
    }
    if (before.decision === decision) return
    await answerBrake(tx, { id, decision, at, by: actor })
    await audited(tx, deps, { actor, action: `retractions.${decision}`, subject: id })
  })
  deps.retractions.request()
}
