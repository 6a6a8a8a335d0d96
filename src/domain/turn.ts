import { groupBy } from './group.ts'

/** Who waits for a turn: someone known, or a stranger; and from where, so that a crowd displaces its own. */
export type Waiting = { readonly isKnown: boolean; readonly from: string }

/** The longest that each kind of queue may be. */
export type Places = { readonly known: number; readonly strangers: number; readonly fromOnePlace: number }

/** Whose turn is next, of those who wait in the order of their coming: known ones before strangers. */
export const nextInTurn = <W extends Waiting>(waiting: readonly W[]): W | undefined =>
  waiting.find(({ isKnown }) => isKnown) ?? waiting[0]

/**
 * Who is turned away, of those who wait in the order of their coming, the last of whom has just come: the one who has
 * waited longest from the place from which most wait. So a crowd from one place turns away only its own.
 */
export function turnedAway<W extends Waiting>(waiting: readonly W[], places: Places): W | undefined {
  const last = waiting.at(-1)
  if (!last) return undefined
  const alike = waiting.filter(({ isKnown }) => isKnown === last.isKnown)
  const byPlace = groupBy(alike, ({ from }) => from)
  const most = Math.max(...[...byPlace.values()].map(({ length }) => length))
  const isFull = alike.length > (last.isKnown ? places.known : places.strangers) || most > places.fromOnePlace
  return isFull ? alike.find(({ from }) => byPlace.get(from)?.length === most) : undefined
}
