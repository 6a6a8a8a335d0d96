import { personOf } from '../../domain/person.ts'
import { Problem } from '../../domain/problem.ts'
import { type Database } from '../../store/engine/database.ts'
import { type NewId } from '../../store/engine/ids.ts'
import { findDebtId } from '../../store/debts/delivery-list.ts'
import { sourcesKnowing } from '../../store/ledger/facts.ts'
import { resyncPeople } from '../../store/debts/replay-debts.ts'
import { audited, type Actor } from '../audited.ts'
import { existingIntegration } from '../existing.ts'

type TestWriteDeps = {
  readonly db: Database
  readonly clock: () => number
  readonly newId: NewId
  readonly worker: { readonly wake: (integrationIds: readonly string[]) => void }
}

type Writing = { readonly id: string; readonly person: string; readonly actor: Actor }

/**
 * Makes one person due in an integration and asserts every mapped field, by the way of every delivery. Gives the
 * debt's id.
 */
export async function startTestWrite(deps: TestWriteDeps, { id, person: named, actor }: Writing): Promise<string> {
  const { db, clock, worker } = deps
  const person = personOf(named)
  const { sourceId, settings } = await existingIntegration(db, id)
  if (!settings.enabled) throw new Problem('wrong_state', 'an integration that is disabled delivers nothing')
  if (!(await sourcesKnowing(db, person)).includes(sourceId)) throw unknownPerson()
  const debt = { integrationId: id, person }
  const deliveryId = await db.transaction(async tx => {
    await resyncPeople(tx, { people: [person], integrationId: id, replayId: undefined, at: clock() })
    const made = await findDebtId(tx, debt)
    if (made === undefined) throw new Problem('wrong_state', 'it was switched off meanwhile, or the person erased')
    await audited(tx, deps, { actor, action: 'test_write.started', subject: made })
    return made
  })
  worker.wake([id])
  return deliveryId
}

const unknownPerson = (): Problem =>
  new Problem('invalid_request', 'there is nothing to write', [
    {
      path: 'person',
      code: 'person_unknown',
      detail: 'The source of this integration never told us about this person.',
      remedy: 'Give the organization_user_id of a person who made a choice.',
    },
  ])
