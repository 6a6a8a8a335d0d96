import { OPTION_REMEDIES } from './options.ts'

/** What to do about a problem at a path of the integration document; list positions are written `[]`. */
const REMEDIES: Readonly<Record<string, string>> = {
  '': 'Send the integration document, a JSON object.',
  type_id: 'Write "mailchimp".',
  authentication: 'Give an object with api_key and url.',
  'authentication.api_key':
    'Copy the whole key from Mailchimp (Account › Extras › API keys), with the part after the dash.',
  'authentication.url':
    'Paste the address you see when signed in to Mailchimp, such as https://us6.admin.mailchimp.com/, or only us6.',
  properties: 'Give an object with audience_id.',
  'properties.audience_id': 'Copy it from Mailchimp: Audience › Settings › Audience name and defaults › Audience ID.',
  mappings: 'Give a list with at least one {"id": merge tag, "value": path}.',
  'mappings[]': 'Give an object with id and value only.',
  'mappings[].id': 'Use the merge tag as Mailchimp shows it between *| and |*: at most 10 letters, digits and _.',
  'mappings[].value':
    'Use a path such as consents_purposes_<purpose>_enabled, consents_purposes_<purpose>_preferences_<preference>_enabled, organization_user_id, country or metadata_<key>.',
  upsert_mode: 'Write true or false, or leave it out (false).',
  name: 'Write a short text, or leave it out.',
  enabled: 'Write true or false, or leave it out (true).',
  options: 'Give an object, or leave it out.',
  ...OPTION_REMEDIES,
  source_id: 'Give the id of a source of this service; POST /v1/sources makes one.',
}

const UNKNOWN_KEY = 'Leave it out; only the documented keys are known.'

/** What to do at a path of the integration document; a path that it does not have is one too many. */
export function remedyFor(path: string): string {
  const place = path.replace(/\[\d+\]/g, '[]')
  return (Object.hasOwn(REMEDIES, place) ? REMEDIES[place] : undefined) ?? UNKNOWN_KEY
}

/** What to do in any other body, where only the kind of problem is known. */
export const GENERAL_REMEDIES = {
  unknown_key: UNKNOWN_KEY,
  missing: 'Add it.',
  wrong_type: 'Write it as the type that is named.',
  invalid_value: 'Correct it as described.',
} as const
