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

/** What an audience asks of new contacts. */
type Admission = { readonly doubleOptIn: boolean; readonly marketingPermissions: boolean }

type Creating = Pick<Settings, 'upsertMode' | 'options'>

/** R20: a new contact would be subscribed at once where the audience has people confirm. */
export function reviewAdmission({ upsertMode, options }: Creating, { doubleOptIn }: Admission): FieldProblem[] {
  const subscribes = upsertMode && options.newContactStatus === 'subscribed'
  if (!subscribes || !doubleOptIn || options.optInConfirmedElsewhere) return []
  return [
    {
      path: 'options.new_contact_status',
      code: 'double_opt_in',
      detail: 'The audience has double opt-in, and "subscribed" would subscribe people without their confirmation.',
      remedy:
        'Write "pending", so that Mailchimp asks people to confirm, or set options.opt_in_confirmed_elsewhere to true if they did so elsewhere.',
    },
  ]
}

/** R20: what works, and needs to be known nevertheless. */
export function notesOn({ upsertMode }: Creating, { marketingPermissions }: Admission): FieldProblem[] {
  if (!upsertMode || !marketingPermissions) return []
  return [
    {
      path: 'properties.audience_id',
      code: 'marketing_permissions',
      detail: 'The audience has marketing permissions, and new contacts are opted out of each of them.',
      remedy: 'Have people give these permissions by a Mailchimp form, or choose recipients by the merge fields.',
    },
  ]
}
