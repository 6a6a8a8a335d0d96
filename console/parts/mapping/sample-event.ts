import type { Rule } from '../draft/draft.ts'

/** Whom an invented event is about. */
const SAMPLE_PERSON = 'sample@example.com'

const CHOICE = /^consents_purposes_(.+)_enabled$/
const PREFERENCES = '_preferences_'

type Purpose = {
  readonly id: string
  readonly enabled: boolean
  readonly preferences?: readonly { readonly id: string; readonly enabled: boolean }[]
}

/** A webhook record that grants what a mapping reads, as a beginning to edit. Its ids are guessed from the paths. */
export function sampleEvent(rules: readonly Rule[], at: string): unknown {
  const purposes = new Map<string, Purpose>()
  for (const { value } of rules) {
    const [purpose, preference] = idsIn(CHOICE.exec(value)?.[1])
    if (purpose === undefined || /_(preferences|values|channels?)_/.test(purpose)) continue
    const known = purposes.get(purpose) ?? { id: purpose, enabled: true }
    const added = preference === undefined ? [] : [{ id: preference, enabled: true }]
    purposes.set(purpose, withPreferences(known, added))
  }
  const user = { id: 'sample-user', organization_user_id: SAMPLE_PERSON, country: 'FR' }
  const consents = { purposes: purposes.size > 0 ? [...purposes.values()] : [{ id: 'newsletter', enabled: true }] }
  return {
    type: 'event.created',
    parameters: { entity: { id: 'sample-event', created_at: at, status: 'confirmed', user, consents } },
  }
}

/** Of a purpose, or of a purpose and its preference; their ids may hold anything but the word between them. */
function idsIn(choice: string | undefined): [purpose?: string, preference?: string] {
  if (choice === undefined) return []
  const at = choice.indexOf(PREFERENCES, 1)
  const preference = at === -1 ? '' : choice.slice(at + PREFERENCES.length)
  return preference === '' ? [choice] : [choice.slice(0, at), preference]
}

function withPreferences(purpose: Purpose, added: NonNullable<Purpose['preferences']>): Purpose {
  const preferences = [...(purpose.preferences ?? []), ...added]
  return preferences.length === 0 ? purpose : { ...purpose, preferences }
}
