import { saysNo } from './merge-field.ts'
import { only, type Fields } from './plan.ts'

/**
 * Groups of targets that are still to be tried apart from each other, the next one first, after Mailchimp refused
 * them together without saying which of them it meant (R13).
 */
export type Isolation = readonly (readonly string[])[]

type Refusal = {
  /** What the refused request carried. */
  readonly fields: Fields
  /** The targets that Mailchimp named. */
  readonly named: readonly string[]
  readonly isolation: Isolation
  /** What it refused before. */
  readonly refused: Fields
}

/**
 * R13: what to try next after a refusal. Fields that were named, or were alone, are set aside; the others are tried
 * in two halves, those that take something back first. Ends after fewer requests than twice the number of fields.
 */
export function afterRefusal({ fields, named, isolation, refused }: Refusal): Pick<Refusal, 'isolation' | 'refused'> {
  const keys = Object.keys(fields)
  const culprits = keys.length === 1 ? keys : keys.filter(key => named.includes(key))
  if (culprits.length > 0) return { isolation, refused: { ...refused, ...only(fields, culprits) } }
  return { isolation: [...halves(fields), ...isolation.slice(1)], refused }
}

function halves(fields: Fields): Isolation {
  const takes = (key: string): number => (saysNo(fields[key]) ? 0 : 1)
  const keys = Object.keys(fields).sort((a, b) => takes(a) - takes(b))
  const middle = Math.ceil(keys.length / 2)
  return [keys.slice(0, middle), keys.slice(middle)]
}
