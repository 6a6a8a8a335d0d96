import { recordOf } from '../../didomi/naming.ts'
import { withoutRecords, type BodyRecord, type Cut } from '../../didomi/records.ts'
import { commonStart } from '../../domain/person.ts'
import { bodiesHolding, readBodies, rewriteBody, type KeptBody } from '../../store/ledger/bodies.ts'
import { type Sql } from '../../store/engine/database.ts'
import { type Count } from './tally.ts'

/** Looked through in one statement: a large body has 1 MiB, and other readers of the store wait for it. */
const LOOK = 100
/** Read at once. */
const CHUNK = 25

/** Bodies in which something names this person, a page at a time, so that no other caller waits long. */
export async function bodiesNaming(db: Sql, person: string): Promise<string[]> {
  const isTheirs = recordOf(person, new Set())
  // A body may spell the domain in another way, in which the store cannot look for it (R16a).
  const text = commonStart(person)
  const naming: string[] = []
  let after: string | undefined = ''
  while (after !== undefined) {
    const looked = await bodiesHolding(db, { text, after, limit: LOOK })
    for (const chunk of chunksOf(looked.ids)) {
      const bodies = await readBodies(db, chunk)
      naming.push(...bodies.filter(body => withoutRecords(body, isTheirs)).map(({ id }) => id))
    }
    after = looked.last
  }
  return naming
}

type Cutting = {
  readonly ids: readonly string[]
  readonly person: string
  /** What they chose later, and what came in later and could not be read, stays. */
  readonly chosenBy: number
  /** Of the facts that go. */
  readonly keys: ReadonlySet<string>
  /** Of those that stay. */
  readonly kept: ReadonlySet<string>
}

/**
 * Takes the person's records out of these bodies, those of others stay. Says how many bodies that changed, and where
 * the records are counted that left no fact.
 */
export async function cutBodies(tx: Sql, { ids, person, chosenBy, keys, kept }: Cutting) {
  const isTheirs = recordOf(person, keys)
  const goesFrom = ({ receivedAt }: KeptBody) => {
    return (record: BodyRecord): boolean => {
      const { reading } = record
      const stays = reading.kind === 'fact' ? kept.has(reading.fact.key) : receivedAt > chosenBy
      return !stays && isTheirs(record)
    }
  }
  const counts: Count[] = []
  let bodies = 0
  for (const chunk of chunksOf(ids)) {
    for (const body of await readBodies(tx, chunk)) {
      const cut = withoutRecords(body, goesFrom(body))
      if (!cut) continue
      await keepCut(tx, body.id, cut)
      counts.push(...withoutFact(body, cut))
      bodies += 1
    }
  }
  return { bodies, counts }
}

export const keepCut = (tx: Sql, id: string, { raw, faults }: Cut) => rewriteBody(tx, { id, raw, faults })

/** A record that was set apart is counted so, even if the present reader could read it. */
const withoutFact = ({ sourceId }: KeptBody, { removed }: Cut): Count[] =>
  removed.flatMap(({ reading, setApart }): Count[] => {
    if (setApart) return [{ sourceId, kind: 'quarantined', family: '' }]
    return reading.kind === 'ignored' ? [{ sourceId, kind: 'ignored', family: '' }] : []
  })

const chunksOf = (ids: readonly string[]): (readonly string[])[] =>
  Array.from({ length: Math.ceil(ids.length / CHUNK) }, (_, n) => ids.slice(n * CHUNK, (n + 1) * CHUNK))
