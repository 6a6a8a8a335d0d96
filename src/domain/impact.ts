import { byText } from './choice.ts'
import { type Decision } from './decide.ts'
import { type Desired } from './mapping.ts'
import { type SkipReason } from './outcome.ts'
import { withdrawsAny, type Fields, type Plan } from './plan.ts'

/** What a merge field becomes. `left`: it is not filled any more, so what was written stays at the contact. */
const FIELD_CHANGES = ['denied', 'granted', 'cleared', 'other', 'left'] as const
type FieldChange = (typeof FIELD_CHANGES)[number]

/** How many merge fields become what. */
export type FieldCounts = Readonly<Record<FieldChange, number>>

/** What another document, or the other family of webhooks, would do to one person. */
export type Impact = {
  readonly person: string
  readonly do: Plan['do']
  readonly because: SkipReason | undefined
  /** What Mailchimp should hold by the document as it is, and by the other one. */
  readonly before: Fields
  readonly after: Fields
  readonly fields: FieldCounts
}

type ImpactRequest = { readonly person: string; readonly before: Decision; readonly after: Decision }

/** The effect of another document or family on one person; undefined when it makes no difference. */
export function impactOn({ person, before, after }: ImpactRequest): Impact | undefined {
  const isSame = textOf(before) === textOf(after)
  if (isSame) return undefined
  return {
    person,
    do: after.plan.do,
    because: after.plan.do === 'skip' ? after.plan.because : undefined,
    before: before.desired.fields,
    after: after.desired.fields,
    fields: countsOf(fieldChanges(before.desired, after.desired)),
  }
}

/** R6c: what each merge field becomes that would not hold what it should hold now. One that loses some of a list is denied. */
function fieldChanges(before: Desired, after: Desired): FieldChange[] {
  const lists = [...before.lists, ...after.lists]
  const changeOf = (key: string): FieldChange | undefined => {
    const value = after.fields[key]
    if (value === undefined) return 'left'
    if (value === before.fields[key]) return undefined
    if (value === '' && !lists.includes(key)) return 'cleared'
    if (withdrawsAny({ [key]: value }, before.fields, lists)) return 'denied'
    return value === 'true' || lists.includes(key) ? 'granted' : 'other'
  }
  const keys = new Set([...Object.keys(before.fields), ...Object.keys(after.fields)])
  return [...keys].flatMap(key => changeOf(key) ?? [])
}

const NONE = { denied: 0, granted: 0, cleared: 0, other: 0, left: 0 } as const satisfies FieldCounts

function countsOf(changes: readonly FieldChange[]): FieldCounts {
  const counts: Record<FieldChange, number> = { ...NONE }
  for (const change of changes) counts[change] += 1
  return counts
}

/** The same over several persons. */
export function fieldsOf(impacts: readonly Impact[]): FieldCounts {
  const counts: Record<FieldChange, number> = { ...NONE }
  for (const { fields } of impacts) for (const change of FIELD_CHANGES) counts[change] += fields[change]
  return counts
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
