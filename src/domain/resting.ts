import { SECOND } from './instant.ts'
import { saysNo } from './merge-field.ts'
import { type Fields } from './plan.ts'

/** R24: a contact whose last attempt ended unclear is not asked again before this, counted from when that left. */
const REST = 60 * SECOND

/** Nothing rests longer than what was sent may still be applied, in ms. */
export const restEnd = (sentAt: number, windowMs: number): number => sentAt + Math.min(REST, windowMs)

/** A contact that is left alone until then, and what its last attempt, whose end is unknown, carried to it. */
export type Rest = { readonly until: number; readonly sent: Fields }

type Asking = {
  readonly fields: Fields
  /** Those of them that are lists. */
  readonly lists: readonly string[]
  readonly carriesWithdrawal: boolean
}

/** R24: only a withdrawal that this attempt did not carry does not wait. */
export const cannotWait = ({ sent }: Rest, { fields, lists, carriesWithdrawal }: Asking): boolean =>
  Object.entries(fields).some(
    ([key, value]) => (saysNo(value) || (carriesWithdrawal && lists.includes(key))) && sent[key] !== value,
  )
