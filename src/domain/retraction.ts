import { type Entry } from './contact-record.ts'
import { type MappingRule, type Settings } from './integration.ts'
import { fieldOf, type Audience } from './mapping.ts'
import { saysNo, type FieldValue } from './merge-field.ts'
import { type Fields } from './plan.ts'
import { mergeField } from './target.ts'

/** A rule that maps a choice, not an attribute of the person. */
export const mapsChoice = ({ value }: MappingRule): boolean => value.startsWith('consents_')

type RetractionRequest = {
  readonly settings: Pick<Settings, 'mappings' | 'options'>
  readonly audience: Audience
  /** What this integration wrote to the contact, by target. */
  readonly written: Readonly<Record<string, Entry>>
  /** Those of them that nothing has cast doubt on. */
  readonly believed: Readonly<Record<string, Entry>>
}

/**
 * R16f: what takes back each yes that was written to a contact, for places that no person speaks of any more. What was
 * never written is not touched, and neither are attributes.
 */
export function retractionOf({ settings, audience, written, believed }: RetractionRequest): Fields {
  const fields = settings.mappings.filter(mapsChoice).flatMap(({ id }): [string, FieldValue][] => {
    const field = fieldOf(audience, id)
    const key = field && mergeField(field.tag)
    const entry = key === undefined ? undefined : written[key]
    if (key === undefined || !entry) return []
    const known = believed[key]?.value
    if (saysNo(known)) return []
    return [[key, settings.options.noChoice === 'clear' ? '' : emptied(entry.value)]]
  })
  return Object.fromEntries(fields)
}

/** A list says no by holding nothing. */
const emptied = (value: FieldValue): FieldValue => (value === 'true' || value === 'false' ? 'false' : '')
