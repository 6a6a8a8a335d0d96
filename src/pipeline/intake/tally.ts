import { type Reading } from '../../didomi/webhook.ts'
import { type StoredFact } from '../../store/ledger/facts.ts'
import { type Tally } from '../../store/ledger/tallies.ts'

/** Where a record is counted. */
export type Count = Omit<Tally, 'n'>

type Body = { readonly sourceId: string; readonly readings: readonly Reading[] }

type Counted = {
  readonly fresh: readonly Body[]
  readonly repeats: readonly Body[]
  readonly facts: readonly StoredFact[]
  /** Ids of the facts that were not known before. */
  readonly appended: ReadonlySet<string>
  /** What an erasure hides (R34). */
  readonly hidden: readonly StoredFact[]
}

/** I16: every record of every body lands in exactly one count. */
export function tallyOf({ fresh, repeats, facts, appended, hidden }: Counted): Tally[] {
  const { add, tallies } = createCounts()
  for (const { sourceId, readings } of repeats) add({ sourceId, kind: 'duplicate', family: '' }, readings.length)
  for (const { sourceId, readings } of fresh) {
    for (const { kind } of readings) if (kind !== 'fact') add({ sourceId, kind, family: '' }, 1)
  }
  for (const stored of facts) add(countOf(stored, appended), 1)
  for (const { sourceId } of hidden) add(erasedIn(sourceId), 1)
  return tallies().filter(({ n }) => n > 0)
}

/** I16: each of these records is counted as erased from now on, and no longer where it was. */
export function tallyOfErased(counts: readonly Count[]): Tally[] {
  const { add, tallies } = createCounts()
  for (const count of counts) {
    add(count, -1)
    add(erasedIn(count.sourceId), 1)
  }
  return tallies()
}

/** I16: each of these records is counted elsewhere from now on. */
export function tallyOfMoved(moved: readonly { readonly from: Count; readonly to: Count }[]): Tally[] {
  const { add, tallies } = createCounts()
  for (const { from, to } of moved) {
    add(from, -1)
    add(to, 1)
  }
  return tallies().filter(({ n }) => n !== 0)
}

/** I16: `counted` records leave the count of the quarantine, and each is counted where it is today. */
export function tallyOfReread({ sourceId, counted, today }: RereadCounts): Tally[] {
  const { add, tallies } = createCounts()
  add({ sourceId, kind: 'quarantined', family: '' }, -counted)
  for (const count of today) add(count, 1)
  return tallies().filter(({ n }) => n !== 0)
}

type RereadCounts = { readonly sourceId: string; readonly counted: number; readonly today: readonly Count[] }

/** Where a record counts that left a fact, or would have if it had not been told before. */
export const countOf = (stored: StoredFact, appended: ReadonlySet<string>): Count =>
  appended.has(stored.fact.id) ? standing(stored) : { sourceId: stored.sourceId, kind: 'duplicate', family: '' }

export const erasedIn = (sourceId: string): Count => ({ sourceId, kind: 'erased', family: '' })

function createCounts() {
  const counts = new Map<string, Tally>()
  return {
    add(count: Count, n: number): void {
      const key = `${count.sourceId} ${count.kind} ${count.family}`
      counts.set(key, { ...count, n: n + (counts.get(key)?.n ?? 0) })
    },
    tallies: (): Tally[] => [...counts.values()],
  }
}

function standing({ fact, sourceId, person }: StoredFact): Count {
  if (fact.kind === 'deleted') return { sourceId, kind: 'deletion', family: fact.family }
  if (person === undefined) return { sourceId, kind: 'anonymous', family: '' }
  return { sourceId, kind: 'stated', family: fact.family }
}
