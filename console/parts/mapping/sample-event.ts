import type { Rule } from '../draft/draft.ts'

/** Whom an invented event is about. */
const SAMPLE_PERSON = 'sample@example.com'

const PREFERENCE = /^consents_purposes_(.+?)_preferences_(.+)_enabled$/
const PURPOSE = /^consents_purposes_(.+)_enabled$/

type Purpose = {
  readonly id: string
  readonly enabled: boolean
  readonly preferences?: readonly { readonly id: string; readonly enabled: boolean }[]
}

/** A webhook record that grants what a mapping reads, as a beginning to edit. Its ids are guessed from the paths. */
export function sampleEvent(rules: readonly Rule[], at: string): unknown {
  const purposes = new Map<string, Purpose>()
  for (const { value } of rules) {
    const [, purpose, preference] = PREFERENCE.exec(value) ?? PURPOSE.exec(value) ?? []
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

function withPreferences(purpose: Purpose, added: NonNullable<Purpose['preferences']>): Purpose {
  const preferences = [...(purpose.preferences ?? []), ...added]
  return preferences.length === 0 ? purpose : { ...purpose, preferences }
}
