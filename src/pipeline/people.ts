import { personOf } from '../domain/person.ts'
import { Problem } from '../domain/problem.ts'
import { subscriberHash } from '../mailchimp/address.ts'
import { findDebtId } from '../store/delivery-list.ts'
import { sourcesKnowing } from '../store/facts.ts'
import { resyncPeople } from '../store/replay-debts.ts'
import { audited, type Actor } from './audited.ts'
import { existingIntegration, type IntegrationDeps } from './integrations.ts'

type Writing = { readonly id: string; readonly person: string; readonly actor: Actor }

/**
 * Makes one person due in an integration and asserts every mapped field, by the way of every delivery. Gives the
 * debt's id.
 */
export async function startTestWrite(deps: IntegrationDeps, { id, person: named, actor }: Writing): Promise<string> {
  const { db, now, worker } = deps
  const person = personOf(named)
  const { sourceId, settings } = await existingIntegration(db, id)
  if (!settings.enabled) throw new Problem('wrong_state', 'an integration that is disabled delivers nothing')
  if (!(await sourcesKnowing(db, person)).includes(sourceId)) throw unknownPerson()
  const debt = { integrationId: id, person }
  const deliveryId = await db.transaction(async tx => {
    await resyncPeople(tx, { people: [person], integrationId: id, replayId: undefined, at: now() })
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
      remedy: 'Give the organization_user_id of somebody who made a choice.',
    },
  ])

/** Somebody looks at an address that was hidden: the audit keeps by whom, and whose only as its hash. */
export async function revealPerson(
  deps: IntegrationDeps,
  { person: named, actor }: { readonly person: string; readonly actor: Actor },
): Promise<void> {
  const person = personOf(named)
  if ((await sourcesKnowing(deps.db, person)).length === 0)
    throw new Problem('not_found', 'no source ever told us about this person')
  await deps.db.transaction(tx =>
    audited(tx, deps, { actor, action: 'person.revealed', subject: subscriberHash(person) }),
  )
}
