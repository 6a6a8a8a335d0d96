import type { Plan } from '../api/plans.ts'
import type { MergeValues } from '../api/people.ts'

export type FieldChange = {
  readonly tag: string
  readonly before: string | undefined
  readonly after: string | undefined
  readonly isChanged: boolean
}

const textOf = (value: string | number | undefined): string | undefined =>
  value === undefined ? undefined : String(value)

/** Two sets of merge values side by side, in the order of their tags. */
export function compareFields(before: MergeValues, after: MergeValues): FieldChange[] {
  const tags = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()
  return tags.map(tag => {
    const [from, to] = [textOf(before[tag]), textOf(after[tag])]
    return { tag, before: from, after: to, isChanged: from !== to }
  })
}

/** The merge fields that the request of a plan would write. */
function writtenFields({ request }: Pick<Plan, 'request'>): MergeValues {
  const body: unknown = request?.body
  if (typeof body !== 'object' || body === null || !('merge_fields' in body)) return {}
  const fields: unknown = body.merge_fields
  if (typeof fields !== 'object' || fields === null) return {}
  const known = Object.entries(fields).filter(([, value]) => typeof value === 'string' || typeof value === 'number')
  return Object.fromEntries(known)
}

/** What a plan changes: only what it writes, beside what we last wrote there. */
export function changesOf(plan: Pick<Plan, 'request' | 'last_delivered'>): FieldChange[] {
  const written = writtenFields(plan)
  const before = Object.entries(plan.last_delivered ?? {}).filter(([tag]) => Object.hasOwn(written, tag))
  return compareFields(Object.fromEntries(before), written)
}
