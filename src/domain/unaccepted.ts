import { saysNo } from './merge-field.ts'
import { type Desired, type SetAside } from './mapping.ts'
import { withdrawsAny, type Fields } from './plan.ts'
import { type Heard } from './statements.ts'
import { nameOf } from './target.ts'

export type Unaccepted = {
  /** The last fact that an older release knew. */
  readonly known: string
  readonly heard: Heard
  /** What was last written to the contact, whether or not that is still believed. */
  readonly written: Fields
}

/**
 * An upgrade reads older facts again. Until an operator has accepted that, it grants nothing which rests
 * on that alone, and creates no contact; what it takes back is written at once.
 */
export function withoutUnaccepted(desired: Desired, { known, heard, written }: Unaccepted): Desired {
  const isHeld = ([key, value]: [string, Fields[string]]): boolean =>
    (heard[key] ?? '') <= known &&
    !saysNo(value) &&
    value !== written[key] &&
    !withdrawsAny({ [key]: value }, written, desired.lists)
  const held = Object.entries(desired.fields).filter(isHeld)
  if (held.length === 0) return desired
  const aside = held.map(([key]): SetAside => ({
    tag: nameOf(key),
    path: '',
    code: 'upgrade_unaccepted',
    detail: `${nameOf(key)} would grant what it did not before the upgrade`,
  }))
  return {
    ...desired,
    isStated: false,
    fields: Object.fromEntries(Object.entries(desired.fields).filter(entry => !isHeld(entry))),
    setAside: [...aside, ...desired.setAside],
  }
}
