import { fold, type ConsentState } from '../../domain/fold.ts'
import { groupBy } from '../../domain/group.ts'
import { whole } from '../../domain/share.ts'
import { sharedPaths, type SharedPath } from '../../domain/known-paths.ts'
import { existingSource } from '../existing.ts'
import { type Database } from '../../store/engine/database.ts'
import { listFacts } from '../../store/ledger/fact-list.ts'
import { findSource } from '../../store/settings/sources.ts'
import { remembered } from './remembered.ts'
import { feedFor } from '../../domain/standing.ts'
import { LIMITS } from '../../domain/limits.ts'

type SeenPaths = { readonly examined: number; readonly paths: readonly SharedPath[] }

/** Persons folded at a time: few enough that no webhook waits. */
const CHUNK = 20

/** The paths that the newest facts of a source could fill; what was read a moment ago is repeated. */
export function createPathReader({ db, clock }: { readonly db: Database; readonly clock: () => number }) {
  const readers = new Map<string, () => Promise<SeenPaths>>()
  return async (sourceId: string): Promise<SeenPaths> => {
    await existingSource(db, sourceId)
    const reader = readers.get(sourceId) ?? remembered(() => read(db, sourceId), clock)
    readers.set(sourceId, reader)
    return reader()
  }
}

async function read(db: Database, sourceId: string): Promise<SeenPaths> {
  const source = await findSource(db, sourceId)
  const listed = await listFacts(db, { sourceId, before: '', limit: LIMITS.factsForPaths })
  const regulations = [...new Set(listed.map(({ fact }) => fact.regulation))]
  const rules = {
    family: feedFor(
      source?.feed,
      listed.map(({ fact }) => fact),
    ),
    regulations,
    onUserDeleted: 'keep',
  } as const
  const known = listed.filter(({ person }) => person !== undefined)
  const people = [...groupBy(known, ({ person }) => person ?? '').values()]
  const states: ConsentState[] = []
  for (let from = 0; from < people.length; from += CHUNK) {
    for (const own of people.slice(from, from + CHUNK)) {
      states.push(
        fold(
          own.map(({ fact }) => whole(fact)),
          rules,
        ),
      )
    }
    await new Promise(resolve => setImmediate(resolve))
  }
  return { examined: listed.length, paths: sharedPaths(states) }
}
