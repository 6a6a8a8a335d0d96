import { type Fields } from './plan.ts'

/**
 * What Mailchimp refused of a debt, by target, and at a contact that its person left (R16f) by that contact and target:
 * a value that one contact cannot take is no word about another.
 */
const keyAt = (left: string | undefined, key: string): string => (left === undefined ? key : `${left} ${key}`)

/** What was refused at one contact; `left` is its alias if the person left it. */
export const refusedAt = (refused: Fields, left: string | undefined): Fields =>
  Object.fromEntries(
    Object.entries(refused).flatMap(([known, value]) => {
      const key = known.slice(known.indexOf(' ') + 1)
      return known === keyAt(left, key) ? [[key, value] as const] : []
    }),
  )

/** All that was refused, with what one contact refuses now. */
export const withRefusedAt = (refused: Fields, left: string | undefined, now: Fields): Fields => ({
  ...refused,
  ...Object.fromEntries(Object.entries(now).map(([key, value]) => [keyAt(left, key), value])),
})
