import { only, type Fields } from './plan.ts'

/**
 * Groups of merge tags that are still to be tried apart from each other, the next one first, after Mailchimp refused
 * them together without saying which of them it meant (R13).
 */
export type Isolation = readonly (readonly string[])[]

export type Refusal = {
  /** What the refused request carried. */
  readonly fields: Fields
  /** The merge tags that Mailchimp named. */
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
  const tags = Object.keys(fields)
  const culprits = tags.length === 1 ? tags : tags.filter(tag => named.includes(tag))
  if (culprits.length > 0) return { isolation, refused: { ...refused, ...only(fields, culprits) } }
  return { isolation: [...halves(fields), ...isolation.slice(1)], refused }
}

function halves(fields: Fields): Isolation {
  const takes = (tag: string): number => (fields[tag] === 'false' || fields[tag] === '' ? 0 : 1)
  const tags = Object.keys(fields).sort((a, b) => takes(a) - takes(b))
  const middle = Math.ceil(tags.length / 2)
  return [tags.slice(0, middle), tags.slice(middle)]
}
