/**
 * Where a choice is found in Didomi's configuration tree. `purpose` is absent for a channel of the whole person;
 * `legitimateInterest` marks the objection side (`enabled_li`) of a purpose or vendor.
 */
export type Place =
  | { readonly kind: 'purpose'; readonly purpose: string; readonly legitimateInterest: boolean }
  | { readonly kind: 'preference'; readonly purpose: string; readonly preference: string }
  | {
      readonly kind: 'channel'
      readonly purpose: string | undefined
      readonly preference: string | undefined
      readonly channel: string
    }
  | { readonly kind: 'vendor'; readonly vendor: string; readonly legitimateInterest: boolean }

/** Granted, denied, or the ids picked in a preference that offers several values (none picked is a denial). */
export type Answer = boolean | readonly string[]

/** How a grant lost its ground without a word of the person against it (R6). */
export type Loss = 'event_deleted' | 'no_choice' | 'moved'

/** One answer at one place, with the time the person gave it (integer milliseconds). */
export type Choice = {
  readonly place: Place
  readonly answer: Answer
  readonly at: number
  /** All that was ever granted here was taken away, and nothing is left: it counts as denied (R6). */
  readonly retracted?: Loss
  /** What was granted until then, less what the person took back themselves; only of what is retracted. */
  readonly had?: Answer
  /** The regulation under which it is denied, although another one grants it (R7). */
  readonly deniedUnder?: string
}

/** A key that is equal for equal places only: ids may hold any character, so nothing is joined with one. */
export const placeKey = (place: Place): string => {
  switch (place.kind) {
    case 'purpose':
      return JSON.stringify(['purpose', place.purpose, place.legitimateInterest])
    case 'preference':
      return JSON.stringify(['preference', place.purpose, place.preference])
    case 'channel':
      return JSON.stringify(['channel', place.purpose ?? null, place.preference ?? null, place.channel])
    case 'vendor':
      return JSON.stringify(['vendor', place.vendor, place.legitimateInterest])
  }
}

export const isDenied = (answer: Answer): boolean => (typeof answer === 'boolean' ? !answer : answer.length === 0)

/** Nothing at all, in the shape of this answer. */
export const denialLike = (answer: Answer): Answer => (typeof answer === 'boolean' ? false : [])

/**
 * How much an answer allows: a number of values, perhaps none, or everything. What is refused as a whole allows less
 * than a list with nothing in it, so that a record that says both is no change from one that says the first (R8, R13).
 */
const allowance = (answer: Answer): number => {
  if (typeof answer === 'boolean') return answer ? Number.POSITIVE_INFINITY : -1
  return answer.length
}

const textOf = (answer: Answer): string => (typeof answer === 'boolean' ? String(answer) : JSON.stringify(answer))

/** Text order by code unit, the same on every machine and in every locale. */
export const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** Negative when `a` allows less than `b`; 0 only for equal answers. R7's tie rule, then a fixed order. */
export const byRestriction = (a: Answer, b: Answer): number => {
  const [less, more] = [allowance(a), allowance(b)]
  if (less !== more) return less < more ? -1 : 1
  return byText(textOf(a), textOf(b))
}

export const sameAnswer = (a: Answer, b: Answer): boolean => textOf(a) === textOf(b)

/** True when moving from `before` to `after` takes back anything that was allowed. */
export const withdraws = (before: Answer | undefined, after: Answer): boolean => {
  if (before === undefined) return isDenied(after)
  if (before === false) return false
  if (before === true) return after !== true
  if (after === true) return false
  const kept = new Set(after === false ? [] : after)
  return before.some(id => !kept.has(id))
}

/** What a person said of a place: when, as it counts and as the record states it (R10). */
export type Word = Pick<Choice, 'place' | 'answer' | 'at'> & {
  readonly stated: number
  /** When it was received; absent where the versions of its user tell the order. */
  readonly heard?: number
}

/**
 * R7, R10: the order in which words about one place count; the last one wins. Later beats earlier, by the time that
 * counts and then by the one that was stated. At one instant the more restrictive beats the more permissive, then a
 * fixed order. Total and transitive.
 */
export const byPrecedence = (a: Word, b: Word): number =>
  a.at - b.at || a.stated - b.stated || byRestriction(b.answer, a.answer)
