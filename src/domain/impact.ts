import { byText } from './choice.ts'
import { type Decision } from './decide.ts'
import { type SkipReason } from './outcome.ts'
import { type Fields, type Plan } from './plan.ts'

/** What another document would do to one person. */
export type Impact = {
  readonly person: string
  readonly do: Plan['do']
  readonly because: SkipReason | undefined
  /** What Mailchimp should hold by the document as it is, and by the other one. */
  readonly before: Fields
  readonly after: Fields
}

type ImpactRequest = { readonly person: string; readonly before: Decision; readonly after: Decision }

/** The effect of another document on one person; undefined when it makes no difference. */
export function impactOn({ person, before, after }: ImpactRequest): Impact | undefined {
  const isSame = textOf(before) === textOf(after)
  if (isSame) return undefined
  return {
    person,
    do: after.plan.do,
    because: after.plan.do === 'skip' ? after.plan.because : undefined,
    before: before.desired.fields,
    after: after.desired.fields,
  }
}

/** The same text for the same effect, in any order of the mapping. */
const textOf = ({ contact, plan, desired }: Decision): string =>
  JSON.stringify([
    contact,
    plan.do === 'skip' ? plan : { ...plan, fields: inOrder(plan.fields) },
    inOrder(desired.fields),
    inOrder(Object.fromEntries(desired.setAside.map(each => [each.tag, each]))),
  ])

const inOrder = <T>(byTag: Readonly<Record<string, T>>): [string, T][] =>
  Object.entries(byTag).sort(([a], [b]) => byText(a, b))
