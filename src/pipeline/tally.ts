import { type Reading } from '../didomi/webhook.ts'
import { type StoredFact } from '../store/facts.ts'
import { type Tally } from '../store/tallies.ts'

type Body = { readonly sourceId: string; readonly readings: readonly Reading[] }

export type Counted = {
  readonly fresh: readonly Body[]
  readonly repeats: readonly Body[]
  readonly facts: readonly StoredFact[]
  /** Ids of the facts that were not known before. */
  readonly appended: ReadonlySet<string>
}

/** I16: every record of every body lands in exactly one count. */
export function tallyOf({ fresh, repeats, facts, appended }: Counted): Tally[] {
  const counts = new Map<string, Tally>()
  const add = (tally: Omit<Tally, 'n'>, n: number): void => {
    const key = `${tally.source_id} ${tally.kind} ${tally.family}`
    counts.set(key, { ...tally, n: n + (counts.get(key)?.n ?? 0) })
  }
  for (const { sourceId, readings } of repeats)
    add({ source_id: sourceId, kind: 'duplicate', family: '' }, readings.length)
  for (const { sourceId, readings } of fresh) {
    for (const { kind } of readings) if (kind !== 'told') add({ source_id: sourceId, kind, family: '' }, 1)
  }
  for (const stored of facts)
    add(
      appended.has(stored.fact.id) ? standing(stored) : { source_id: stored.sourceId, kind: 'duplicate', family: '' },
      1,
    )
  return [...counts.values()].filter(({ n }) => n > 0)
}

function standing({ fact, sourceId, person }: StoredFact): Omit<Tally, 'n'> {
  if (fact.kind === 'deleted') return { source_id: sourceId, kind: 'deletion', family: fact.family }
  if (person === undefined) return { source_id: sourceId, kind: 'anonymous', family: '' }
  return { source_id: sourceId, kind: 'stated', family: fact.family }
}
