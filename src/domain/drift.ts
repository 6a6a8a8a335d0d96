import { type Audience } from './mapping.ts'
import { type FieldValue } from './merge-field.ts'
import { type Fields } from './plan.ts'
import { mergeField } from './target.ts'

/** Types whose value Mailchimp gives back as it was written; the others have a spelling of Mailchimp's own. */
const KEPT_AS_WRITTEN: readonly string[] = ['text', 'number', 'dropdown', 'radio', 'zip', 'url', 'imageurl']

/**
 * The targets of a contact that do not hold what they should. Of a type that Mailchimp spells its own way only
 * an empty field, or one that should be empty, is known to differ.
 */
export const driftOf = (should: Fields, held: Fields, { fields }: Audience): string[] =>
  Object.entries(should).flatMap(([key, value]) => {
    const type = fields.find(field => mergeField(field.tag) === key)?.type ?? 'text'
    return holdsSame(Object.hasOwn(held, key) ? held[key] : undefined, value, type) ? [] : [key]
  })

function holdsSame(held: FieldValue | undefined, should: FieldValue, type: string): boolean {
  if (held === undefined) return false
  if (type === 'number' && held !== '' && should !== '') return Number(held) === Number(should)
  if (KEPT_AS_WRITTEN.includes(type)) return String(held) === String(should)
  return (held === '') === (should === '')
}
