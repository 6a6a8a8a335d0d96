import { z } from 'zod'
import { named, pageOf, plainText, time } from './shared.ts'

/** Shapes of contacts that go by another address at Mailchimp, in the public API. */

const hash = 'the MD5 by which Mailchimp has an address'

export const renamed = named(
  'Renamed',
  z
    .object({
      id: z.string(),
      data_centre: z.string(),
      audience_id: z.string(),
      contact_id: z.string().describe('The permanent id that Mailchimp gives the contact, under any address.'),
      contact: z.string().describe(`The name that its persons give it: ${hash}, or its id.`),
      moved_to: z.string().describe(`The address by which it goes now: ${hash}.`),
      moved_at: time.describe('When that was found out.'),
      accepted: z.boolean().describe('Whether what is granted goes there.'),
      person: z.string().nullable().describe('The organization_user_id of one who names it.'),
      waiting: z.int().describe('Persons of whom something granted waits until the address is accepted.'),
    })
    .describe('A contact whose address was changed at Mailchimp. What is denied is written to it in any case.'),
  {
    id: 'rnm_019f3c5e8a40d2b1c7e65a903f44',
    data_centre: 'us6',
    audience_id: 'a1b2c3d4e5',
    contact_id: '5f4dcc3b5aa765d61d8327deb882cf99',
    contact: '2c5ee2dbea4dc3d5c1e2a8e4e9b0f6aa',
    moved_to: '9e26471d35a78862c17e467d87cddedf',
    moved_at: '2026-11-24T09:00:00.000Z',
    accepted: false,
    person: 'ada@example.test',
    waiting: 1,
  },
)

export const renamedPage = pageOf(renamed)

export const renamedAcceptance = named(
  'RenamedAcceptance',
  z.strictObject({ moved_to: plainText.min(1).max(100).describe('The new address as it was shown.') }),
  { moved_to: '9e26471d35a78862c17e467d87cddedf' },
)
