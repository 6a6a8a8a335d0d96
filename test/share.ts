import { inject } from 'vitest'

declare module 'vitest' {
  interface ProvidedContext {
    whole: boolean
  }
}

/** `npm run soak -- scenarios` asks for the whole of each scenario, of which `npm test` takes a share. */
const isWhole = inject('whole') === true

/** How many people or times a scenario has: in the share as many as show every step of it. */
export const shareOf = (share: number, whole: number): number => (isWhole ? whole : share)

/** All pairs; in the share every `a` with some of the `b`, and every `b` with some of the `a`. */
export function pairsOf<A, B>(
  all: readonly A[],
  others: readonly B[],
  { every }: { every: number },
): (readonly [A, B])[] {
  return all.flatMap((a, m) => others.flatMap((b, n) => (isWhole || (m + n) % every === 0 ? [[a, b] as const] : [])))
}
