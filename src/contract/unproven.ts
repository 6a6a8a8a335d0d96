import { z } from 'zod'
import { named, pageOf, time } from './shared.ts'

/** Shapes of what could not be put right at Mailchimp, in the public API. */

const unproven = named(
  'Unproven',
  z
    .object({
      id: z.string(),
      at: time,
      integration_id: z.string().describe('The integration that had written to the contact; it is gone.'),
      integration_name: z.string().nullable(),
      data_centre: z.string(),
      audience_id: z.string(),
      person: z.string().describe('The organization_user_id.'),
      contact: z
        .string()
        .nullable()
        .describe('The hash or id by which Mailchimp has the contact; null when not known.'),
      tags: z.array(z.string()).describe('The merge tags that may hold a value of a late request.'),
      says: z.string().nullable().describe('Why it was not put right.'),
    })
    .describe('A contact that Mailchimp may have changed late, and that the service could not put right in time.'),
  {
    id: 'unp_01m83t4cm0000000example001',
    at: '2026-11-24T09:00:00.000Z',
    integration_id: 'int_01m83t4cm0000000example001',
    integration_name: 'Newsletter',
    data_centre: 'us6',
    audience_id: 'a1b2c3d4e5',
    person: 'ada@example.test',
    contact: '2c5ee2dbea4dc3d5c1e2a8e4e9b0f6aa',
    tags: ['NEWS'],
    says: 'Mailchimp does not accept the API key.',
  },
)

export const unprovenPage = pageOf(unproven)
