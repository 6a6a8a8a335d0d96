import { z } from 'zod'
import { named } from './shared.ts'

/** For how long what is kept, in the public API. */

const days = (what: string) =>
  z.int().min(1).max(36_500).nullable().describe(`For how many days ${what}; null: for ever.`)

const shape = {
  bodies: days('the bodies of webhooks are kept as they came in. Their facts stay'),
  quarantine: days('bodies with something that could not be read are kept'),
  anonymous: days('facts without a known person are kept'),
  attempts: days('requests to Mailchimp and their answers are kept. What Mailchimp confirmed last stays'),
  audit: days('it is kept who did what'),
}

export const retention = named('Retention', z.object(shape).describe('For how many days what is kept.'), {
  bodies: 90,
  quarantine: 30,
  anonymous: 90,
  attempts: 365,
  audit: null,
})
export const retentionChange = named(
  'RetentionChange',
  z.strictObject(shape).partial().describe('What changes; what is left out stays.'),
  { bodies: 30 },
)
