import { type Fact } from './fact.ts'

/** One life of a Didomi user: from `start` until the next one begins (R6). */
type Life = {
  readonly start: number
  readonly bornAt: number | undefined
  /** A deletion began it, so `start` is a time of our own clock. */
  readonly byReceipt: boolean
}

type Mark = { readonly at: number; readonly bornAt: number | undefined }

/**
 * R6e: the lives of one Didomi user, in order. A `user.*` record with a later `created_at` begins a new one, whether
 * or not the deletion was seen. A deletion without `created_at` divides by the time of its receipt.
 */
export function livesOf(own: readonly Fact[], endsLife: (deletion: Fact) => boolean): readonly Life[] {
  const births = new Set(own.flatMap(fact => (fact.family === 'user' ? (fact.createdAt ?? []) : [])))
  const ends = new Set(own.filter(fact => isUndatedDeletion(fact) && endsLife(fact)).map(fact => fact.receivedAt))
  const marks: Mark[] = [
    ...[...births].map(at => ({ at, bornAt: at })),
    // What was told at the same instant still belongs to what ended.
    ...[...ends].map(at => ({ at: at + 1, bornAt: undefined })),
  ]
  const lives: Life[] = [{ start: Number.NEGATIVE_INFINITY, bornAt: undefined, byReceipt: false }]
  for (const { at, bornAt } of marks.sort((a, b) => a.at - b.at || Number(a.bornAt ?? 0) - Number(b.bornAt ?? 0))) {
    const current = lives.at(-1)
    // A life that began with a deletion, or before everything, is that of the first birth in it.
    if (bornAt !== undefined && current && current.bornAt === undefined)
      lives[lives.length - 1] = { ...current, bornAt }
    else lives.push({ start: at, bornAt, byReceipt: bornAt === undefined })
  }
  return lives
}

const isUndatedDeletion = (fact: Fact): boolean =>
  fact.family === 'user' && fact.kind === 'deleted' && fact.createdAt === undefined

/**
 * Which of these lives a fact belongs to: by the birth that it states, else by its time. What we had heard when a user
 * was deleted is of the life that ended, however far ahead the clock was that dated it.
 */
export function lifeIn(lives: readonly Life[], fact: Fact): number {
  if (fact.family === 'user' && fact.createdAt !== undefined) {
    const own = lives.findIndex(({ bornAt }) => bornAt === fact.createdAt)
    if (own !== -1) return own
  }
  const heardBy = Math.min(fact.statedAt, fact.receivedAt)
  return lives.findLastIndex(({ start, byReceipt }) => start <= (byReceipt ? heardBy : fact.statedAt))
}
