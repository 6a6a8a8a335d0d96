import { chosenBy } from '../../domain/erasure.ts'
import { type Fact } from '../../domain/fact.ts'
import { type Sql } from '../../store/engine/database.ts'
import { type StoredFact } from '../../store/ledger/facts.ts'
import { type DidomiUser } from '../../store/ledger/links.ts'
import { suppressedAmong } from '../../store/ledger/suppressed.ts'
import { type KeyedHash } from '../../store/settings/erasure-key.ts'

export const hashOfPerson = (hash: KeyedHash, person: string): string => hash(JSON.stringify(['person', person]))

export const hashOfUser = (hash: KeyedHash, { sourceId, userId }: DidomiUser): string =>
  hash(JSON.stringify(['user', sourceId, userId]))

type About = Pick<Fact, 'names' | 'userId'> & { readonly sourceId: string }

/** By what an erased person would be known in a record: whom it names, or else its Didomi user. */
function hashOf(hash: KeyedHash, { names, userId, sourceId }: About): string | undefined {
  if (names !== undefined) return hashOfPerson(hash, names)
  return userId === '' ? undefined : hashOfUser(hash, { sourceId, userId })
}

/** By keyed hash, by when what these records say of an erased person is hidden. */
export async function suppressedIn(tx: Sql, hash: KeyedHash, records: readonly About[]): Promise<Map<string, number>> {
  const hashes = new Set(records.flatMap(each => hashOf(hash, each) ?? []))
  return suppressedAmong(tx, [...hashes])
}

type Sifted = {
  /** What is taken in. */
  readonly kept: readonly StoredFact[]
  /** What was chosen before an erasure. */
  readonly hidden: readonly StoredFact[]
  /** What goes from its body. */
  readonly cut: readonly StoredFact[]
}

/**
 * R34: takes out what erased persons chose before. A deletion is not a choice: it is kept, for it may be of a newer one,
 * but without the id. It finds its person by its entity or Didomi user if there is one.
 */
export function sifted(facts: readonly StoredFact[], hash: KeyedHash, suppressed: ReadonlyMap<string, number>): Sifted {
  if (suppressed.size === 0) return { kept: facts, hidden: [], cut: [] }
  const kept: StoredFact[] = []
  const hidden: StoredFact[] = []
  const nameless: StoredFact[] = []
  for (const stored of facts) {
    const { fact, sourceId } = stored
    const by = suppressed.get(hashOf(hash, { ...fact, sourceId }) ?? '')
    if (by === undefined) kept.push(stored)
    else if (fact.kind === 'deleted') {
      kept.push({ ...stored, person: undefined, fact: { ...fact, names: undefined } })
      if (fact.names !== undefined) nameless.push(stored)
    } else if (chosenBy(fact, by)) hidden.push(stored)
    else kept.push(stored)
  }
  return { kept, hidden, cut: [...hidden, ...nameless] }
}
