import { personOf } from '../../domain/person.ts'
import { Problem } from '../../domain/problem.ts'
import { subscriberHash } from '../../mailchimp/address.ts'
import { type Database } from '../../store/engine/database.ts'
import { type NewId } from '../../store/engine/ids.ts'
import { sourcesKnowing } from '../../store/ledger/facts.ts'
import { audited, type Actor } from '../audited.ts'

type RevealDeps = { readonly db: Database; readonly clock: () => number; readonly newId: NewId }

/** The audit keeps that `actor` looked at a hidden address, and whose address it was, as its hash only. */
export async function revealPerson(
  deps: RevealDeps,
  { person: named, actor }: { readonly person: string; readonly actor: Actor },
): Promise<void> {
  const person = personOf(named)
  if ((await sourcesKnowing(deps.db, person)).length === 0)
    throw new Problem('not_found', 'no source ever told us about this person')
  await deps.db.transaction(tx =>
    audited(tx, deps, { actor, action: 'person.revealed', subject: subscriberHash(person) }),
  )
}
