import { type FieldValue } from '../domain/merge-field.ts'
import { type Fields } from '../domain/plan.ts'
import { byName, mergeField, nameOf } from '../domain/target.ts'
import { fieldOf } from './answer.ts'

/** How targets stand in the body of a request and in an answer. Every one is a merge field. */
type Body = { readonly merge_fields: Readonly<Record<string, FieldValue>> }

export const bodyOf = (fields: Fields): Body => ({ merge_fields: byName(fields) })

const byKey = <Value>(mergeFields: Readonly<Record<string, Value>>): Record<string, Value> =>
  Object.fromEntries(Object.entries(mergeFields).map(([tag, value]) => [mergeField(tag), value]))

/** The values in the body of a request, as `bodyOf` wrote it. */
export const fieldsIn = (body: unknown): Fields => byKey((body as Body).merge_fields)

/** What an answer says that the contact holds, by target; undefined when it does not say so. */
export function heldIn(json: unknown): Readonly<Record<string, unknown>> | undefined {
  const held = fieldOf(json, 'merge_fields')
  return typeof held === 'object' && held !== null ? byKey({ ...held }) : undefined
}

/**
 * The target that an error names, in the spelling that was sent; undefined when it names none. Mailchimp's rules call a
 * merge field `NEWS`, its schema `merge_fields.NEWS`, and it takes a tag in any case.
 */
export function targetNamed(field: string, sent: readonly string[]): string | undefined {
  const [tag = ''] = field.replace(/^merge_fields\.?/, '').split('.')
  if (tag === '') return undefined
  return sent.find(key => nameOf(key).toUpperCase() === tag.toUpperCase()) ?? mergeField(tag)
}
