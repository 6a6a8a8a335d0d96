import { takesYesNo } from '../../../src/domain/merge-field.ts'
import { isYesNoPath } from '../../../src/domain/paths.ts'
import type { MergeField } from '../../api/mailchimp.ts'
import type { SeenPath } from '../../api/sources.ts'
import type { Rule } from '../draft/draft.ts'

/** `wrong`: it cannot be saved or cannot work. `doubt`: it may be meant so. */
export type Remark = { readonly kind: 'wrong' | 'doubt'; readonly code: RemarkCode; readonly says: string }
type RemarkCode = 'collision' | 'tag_missing' | 'type' | 'unseen' | 'reserved' | 'incomplete'

/** What is known: fields or paths are undefined while they could not be loaded, and nothing is said about them then. */
export type Known = {
  readonly fields: readonly MergeField[] | undefined
  readonly paths: readonly SeenPath[] | undefined
}

const sameTag = (a: string, b: string): boolean => a.trim().toLowerCase() === b.trim().toLowerCase()

export const fieldOf = (fields: readonly MergeField[] | undefined, tag: string): MergeField | undefined =>
  fields?.find(field => sameTag(field.tag, tag))

/** Remarks on each rule of a mapping, in the order of the rules. */
export const reviewRules = (rules: readonly Rule[], known: Known): Remark[][] =>
  rules.map((rule, index) => [...remarksOnTag(rule, rules.slice(0, index), known), ...remarksOnPath(rule, known)])

function remarksOnTag({ id, value }: Rule, before: readonly Rule[], { fields }: Known): Remark[] {
  const tag = id.trim()
  if (tag === '') return value.trim() === '' ? [] : [wrong('incomplete', 'Choose a merge tag.')]
  if (sameTag(tag, 'EMAIL')) return [wrong('reserved', 'EMAIL is the address itself, which cannot be written.')]
  const remarks: Remark[] = []
  if (before.some(rule => sameTag(rule.id, tag)))
    remarks.push(wrong('collision', `${tag} is mapped already; map each merge tag once.`))
  if (!fields) return remarks
  const field = fieldOf(fields, tag)
  if (!field) return [...remarks, wrong('tag_missing', `The audience has no merge tag ${tag}.`)]
  return [...remarks, ...remarksOnType(field, value.trim())]
}

function remarksOnType(field: MergeField, path: string): Remark[] {
  const says = `${field.tag} is of type ${field.type}`
  if (field.type === 'address') return [wrong('type', `${says}, which cannot be filled from a preference.`)]
  if (path === '' || field.type === 'text') return []
  if (isYesNoPath(path))
    return takesYesNo(field) ? [] : [wrong('type', `${says} and cannot hold true and false: use a text merge field.`)]
  return [doubt('type', `${says}: a value that does not fit it is held, not sent.`)]
}

function remarksOnPath({ id, value }: Rule, { paths }: Known): Remark[] {
  const path = value.trim()
  if (path === '') return id.trim() === '' ? [] : [wrong('incomplete', 'Choose what fills it.')]
  if (!paths || paths.length === 0 || paths.some(seen => seen.path === path)) return []
  return [doubt('unseen', 'No event has filled this path yet. Check its spelling.')]
}

const wrong = (code: RemarkCode, says: string): Remark => ({ kind: 'wrong', code, says })
const doubt = (code: RemarkCode, says: string): Remark => ({ kind: 'doubt', code, says })

/** The paths that real events fill and no rule reads. */
export const unmappedPaths = (rules: readonly Rule[], paths: readonly SeenPath[]): SeenPath[] =>
  paths.filter(({ path }) => !rules.some(rule => rule.value.trim() === path))
