import { type Settings } from './integration.ts'
import { fieldOf, type Audience, type SetAside } from './mapping.ts'
import { takesYesNo } from './merge-field.ts'
import { isYesNoPath } from './paths.ts'
import { type FieldProblem } from './problem.ts'

type MappingProblem = FieldProblem & { readonly code: SetAside['code'] }

/** R14: the parts of a mapping that cannot work with the audience as it is, for any person. */
export function reviewMapping({ mappings }: Pick<Settings, 'mappings'>, audience: Audience): MappingProblem[] {
  return mappings.flatMap(({ id, value }, index): MappingProblem[] => {
    const path = `mappings[${index}].id`
    const field = fieldOf(audience, id)
    if (!field) {
      const known = audience.fields.map(({ tag }) => tag).join(', ')
      const detail = `The audience has no merge tag ${id}; Mailchimp would ignore it without a word.`
      return [{ path, code: 'merge_tag_missing', detail, remedy: `Create it as a text field, or use one of ${known}.` }]
    }
    if (field.type === 'address' || (isYesNoPath(value) && !takesYesNo(field))) {
      const detail = `The merge field ${field.tag} is of type ${field.type} and cannot hold what ${value} gives.`
      const remedy = 'Map to a merge field of type text; a type cannot be changed at Mailchimp later.'
      return [{ path, code: 'merge_field_mismatch', detail, remedy }]
    }
    return []
  })
}
