import { z } from 'zod'
import { apiKeyOf, dataCentreOfUrl } from '../domain/data-centre.ts'
import { options } from './options.ts'
import { named } from './shared.ts'
import { inFigures, LIMITS } from '../domain/limits.ts'
import { trimmed } from '../domain/trimmed.ts'

const API_KEY = /^[0-9a-zA-Z]{16,64}-[a-z]{2,4}[0-9]{1,3}$/
const MERGE_TAG = /^[A-Za-z0-9_]{1,10}$/
const PATH =
  /^(consents_(purposes|preferences|channels?|vendors)_.+_(enabled|enabled_li|value)|organization_user_id|country|last_seen_country|created_at|updated_at|metadata_.+)$/

const mapping = named(
  'Mapping',
  z
    .strictObject({
      id: z
        .string()
        .regex(MERGE_TAG, 'is not a merge tag')
        .refine(tag => tag.toUpperCase() !== 'EMAIL', 'is the address itself, which cannot be written as a merge field')
        .describe('The merge tag at Mailchimp: at most 10 letters, digits and _.'),
      value: z
        .string()
        .max(LIMITS.pathLength, `is longer than ${inFigures(LIMITS.pathLength)} characters`)
        .regex(PATH, 'is no path into a Didomi consent status')
        .describe('The path into the consent status, such as consents_purposes_newsletter_enabled.'),
    })
    .describe('One merge tag and the preference that fills it.'),
  { id: 'NEWS', value: 'consents_purposes_newsletter_enabled' },
)

/** The integration document (docs/document.md): validates what is sent, and emits the JSON Schema for editors. */
export const integrationDocument = z.strictObject({
  type_id: z.literal('mailchimp').describe('Always mailchimp.'),
  authentication: z.strictObject({
    api_key: z
      .string()
      .overwrite(apiKeyOf)
      .regex(API_KEY, 'is not of the form <key>-<data centre>')
      .describe('The Mailchimp API key, with the data centre after its dash.'),
    url: z
      .string()
      .refine(url => dataCentreOfUrl(url) !== undefined, 'is no Mailchimp server URL')
      .describe('The admin URL, the API URL, or the server name, such as https://us6.admin.mailchimp.com/ or us6.'),
  }),
  properties: z.strictObject({
    audience_id: z
      .string()
      .overwrite(trimmed)
      .regex(/^[0-9a-zA-Z]{4,32}$/, 'is no audience id')
      .describe('The audience to keep in step.'),
  }),
  mappings: z.array(mapping).min(1, 'is empty').max(LIMITS.mappings, `has more than ${LIMITS.mappings} entries`),
  upsert_mode: z.boolean().optional().describe('Whether unknown people become contacts. Default false.'),
  name: z
    .string()
    .min(1, 'is empty')
    .max(LIMITS.nameLength, `is longer than ${LIMITS.nameLength} characters`)
    .optional(),
  enabled: z.boolean().optional().describe('Default true.'),
  options: options.optional(),
})

/** What Didomi's own documents carry beside it, and why it is not kept. */
export const DROPPED = {
  organization_id: 'The organisation at Didomi is not kept: the source says whose events are read.',
  description: 'A description is not kept: name is what an integration is shown by.',
} as const

const { organization_id, description } = DROPPED

/** A document as it may be written: with what is taken and dropped. */
export const writtenDocument = integrationDocument.extend({
  organization_id: z.unknown().optional().describe(organization_id),
  description: z.unknown().optional().describe(description),
})

export type IntegrationDocument = z.infer<typeof integrationDocument>
