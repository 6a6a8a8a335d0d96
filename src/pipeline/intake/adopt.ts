import { type Family } from '../../domain/fact.ts'
import { adoptersOf } from '../../domain/whose.ts'
import { type Sql } from '../../store/engine/database.ts'
import { adoptFacts, unnamedOf, type DidomiUser, type Unnamed } from '../../store/ledger/links.ts'
import { type Tally } from '../../store/ledger/tallies.ts'

/** A fact that is about another person from now on, and how that is counted (I16). */
type Adoption = DidomiUserFact & {
  readonly person: string | undefined
  /** Whose fold changes: whom it was about, and whom it is about. */
  readonly persons: readonly string[]
  readonly tally: readonly Tally[]
}

type DidomiUserFact = Pick<DidomiUser, 'sourceId'> & { readonly factId: string }

/** R5c: a fact that names no person is about its Didomi user's person of now. Gives the facts that changed hands. */
export async function adoptUnnamed(tx: Sql, users: readonly DidomiUser[]): Promise<Adoption[]> {
  const adoptions = (await unnamedOf(tx, users)).flatMap(adoptionsIn)
  if (adoptions.length === 0) return []
  const adopted = await adoptFacts(tx, adoptions)
  return adoptions.filter(({ factId }) => adopted.has(factId))
}

/** The facts of a user that name no person themselves and change hands. */
function adoptionsIn({ sourceId, facts, adopted }: Unnamed): Adoption[] {
  const adopters = adoptersOf(facts)
  return facts.flatMap(fact => {
    if (!adopters.has(fact.id)) return []
    const [before, person] = [adopted.get(fact.id), adopters.get(fact.id)]
    if (before === person) return []
    const persons = [before, person].filter(each => each !== undefined)
    const isCounted = fact.kind !== 'deleted' && (before === undefined || person === undefined)
    const tally = isCounted ? tallyOfAdoption({ sourceId, family: fact.family, isAdopted: person !== undefined }) : []
    return [{ factId: fact.id, sourceId, person, persons, tally }]
  })
}

type Adopting = { readonly sourceId: string; readonly family: Family; readonly isAdopted: boolean }

const tallyOfAdoption = ({ sourceId, family, isAdopted }: Adopting): Tally[] => [
  { sourceId, kind: 'anonymous', family: '', n: isAdopted ? -1 : 1 },
  { sourceId, kind: 'stated', family, n: isAdopted ? 1 : -1 },
]
