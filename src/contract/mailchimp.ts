import { z } from 'zod'
import { fieldProblem } from './problems.ts'
import { givenId, named } from './shared.ts'
import { LIMITS } from '../domain/limits.ts'

/** Shapes of the questions that are passed on to Mailchimp. */

const authentication = {
  authentication: z
    .strictObject({ api_key: z.string().max(200), url: z.string().max(500) })
    .optional()
    .describe('A key that is not kept.'),
  integration_id: givenId.optional().describe('Use the key of this integration.'),
}

const isOne = ({
  authentication: sent,
  integration_id: kept,
}: {
  authentication?: unknown
  integration_id?: unknown
}) => (sent === undefined) !== (kept === undefined)

const EITHER = { message: 'is missing: give either authentication or integration_id', path: ['authentication'] }

const audienceId = z.string().min(1).max(100).describe('The id of the audience at Mailchimp.')

const ofIntegration = { integration_id: 'int_01m83t4cm0000000example001' }

export const accountQuestion = named(
  'MailchimpAccountQuestion',
  z.strictObject(authentication).refine(isOne, EITHER).describe('The key to ask with.'),
  {
    authentication: { api_key: 'theKeyOfYourMailchimpAccount0000-us6', url: 'https://us6.admin.mailchimp.com/' },
  },
)

export const audienceQuestion = named(
  'MailchimpAudienceQuestion',
  z
    .strictObject({ ...authentication, audience_id: audienceId })
    .refine(isOne, EITHER)
    .describe('The audience to look up, and the key to ask with.'),
  { ...ofIntegration, audience_id: 'a1b2c3d4e5' },
)

export const newMergeField = named(
  'NewMergeField',
  z
    .strictObject({
      ...authentication,
      audience_id: audienceId,
      tag: z.string().regex(/^[A-Z0-9_]{1,10}$/, 'is not a merge tag: at most 10 capital letters, digits and _'),
      name: z
        .string()
        .trim()
        .min(1, 'is empty')
        .max(LIMITS.mergeFieldName, `is longer than ${LIMITS.mergeFieldName} characters`),
    })
    .refine(isOne, EITHER)
    .describe('A text merge field to make, and the key to make it with.'),
  { ...ofIntegration, audience_id: 'a1b2c3d4e5', tag: 'NEWS', name: 'Newsletter' },
)

const audienceSummary = z.object({
  id: z.string(),
  name: z.string(),
  contacts: z.int().describe('Of every status.'),
})

const EXAMPLE_AUDIENCE = { id: 'a1b2c3d4e5', name: 'Customers', contacts: 12_345 }

export const mailchimpAccount = named(
  'MailchimpAccount',
  z
    .object({
      ok: z.boolean(),
      account: z.object({ name: z.string(), role: z.string(), data_centre: z.string() }).nullable(),
      audiences: z.array(audienceSummary),
      problems: z.array(fieldProblem),
    })
    .describe('Whose key it is and which audiences it opens, or what is wrong with it.'),
  {
    ok: true,
    account: { name: 'Example Shop', role: 'owner', data_centre: 'us6' },
    audiences: [EXAMPLE_AUDIENCE],
    problems: [],
  },
)

const EXAMPLE_FIELD = { tag: 'NEWS', name: 'Newsletter', type: 'text', choices: [] }

export const mergeField = named(
  'MergeField',
  z
    .object({
      tag: z.string(),
      name: z.string(),
      type: z.string(),
      choices: z.array(z.string()).describe('Of a dropdown or radio field.'),
    })
    .describe('A merge field of an audience.'),
  EXAMPLE_FIELD,
)

export const mailchimpAudience = named(
  'MailchimpAudience',
  audienceSummary.extend({ merge_fields: z.array(mergeField) }).describe('An audience with its merge fields.'),
  { ...EXAMPLE_AUDIENCE, merge_fields: [EXAMPLE_FIELD] },
)
