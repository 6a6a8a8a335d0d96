import { z } from 'zod'
import { DEFAULT_OPTIONS } from '../domain/options.ts'
import { DROPPED, integrationDocument, writtenDocument } from './document.ts'
import { shownOptions } from './options.ts'
import { fieldProblem } from './problems.ts'
import { named, pageOf, time } from './shared.ts'

const EXAMPLE_AUTHENTICATION = {
  api_key: 'theKeyOfYourMailchimpAccount0000-us6',
  url: 'https://us6.admin.mailchimp.com/',
}

const EXAMPLE_DOCUMENT: z.input<typeof integrationDocument> = {
  type_id: 'mailchimp',
  authentication: EXAMPLE_AUTHENTICATION,
  properties: { audience_id: 'a1b2c3d4e5' },
  mappings: [{ id: 'NEWS', value: 'consents_purposes_newsletter_enabled' }],
  upsert_mode: false,
  name: 'Newsletter',
}

export const newIntegration = named(
  'NewIntegration',
  writtenDocument.extend({ source_id: z.string() }).describe('An integration document, and the source it reads.'),
  { source_id: 'src_01m83t4cm0000000example001', ...EXAMPLE_DOCUMENT },
)

const {
  type_id,
  authentication,
  properties,
  mappings,
  upsert_mode,
  name,
  enabled,
  options,
  organization_id,
  description,
} = writtenDocument.shape
const keptKey = z.string().optional().describe('The key that it has stays when this is left out, or hidden.')
const keptAuthentication = authentication.extend({ api_key: keptKey })
const ignored = z.string().optional().describe('Ignored: an integration keeps its source.')

const removableOptions = Object.fromEntries(
  Object.entries(options.unwrap().shape).map(([key, option]) => [key, option.nullable()]),
)

/** Part of a document; null takes out what has a default. */
export const integrationPatch = named(
  'IntegrationPatch',
  z
    .strictObject({
      type_id,
      authentication: keptAuthentication.partial(),
      properties: properties.partial(),
      mappings,
      upsert_mode: upsert_mode.nullable(),
      name: name.nullable(),
      enabled: enabled.nullable(),
      options: z.strictObject(removableOptions).nullable(),
      source_id: ignored,
      organization_id,
      description,
    })
    .partial()
    .describe('What changes in the document (RFC 7396); what is left out stays, and null takes out.'),
  { options: { connections: 4 } },
)

const hold = named(
  'Hold',
  z
    .object({ cause: z.string(), says: z.string(), next: z.string(), detail: z.string(), since: time })
    .describe('Why nothing, or not everything, can be delivered now, and what to do about it.'),
  {
    cause: 'key_invalid',
    says: 'Mailchimp does not accept the API key.',
    next: 'Put in a valid key; everything held is then sent.',
    detail: 'API Key Invalid',
    since: '2026-11-23T09:00:00.000Z',
  },
)

const EXAMPLE_INTEGRATION = {
  id: 'int_01m83t4cm0000000example001',
  source_id: 'src_01m83t4cm0000000example001',
  ...EXAMPLE_DOCUMENT,
  authentication: { ...EXAMPLE_AUTHENTICATION, api_key: '********-us6' },
  upsert_mode: false,
  enabled: true,
  options: shownOptions(DEFAULT_OPTIONS),
  paused: false,
  held_by: null,
  checked: true,
  not_checked: null,
  holds: [],
  problems: [],
  still_to_owe: null,
  leaves_at: null,
  created_at: '2026-11-20T09:00:00.000Z',
  updated_at: '2026-11-20T09:00:00.000Z',
}

export const integration = named(
  'Integration',
  z
    .object({
      id: z.string(),
      source_id: z.string(),
      ...integrationDocument.shape,
      authentication: z.object({ api_key: z.string().describe('All but its end is hidden.'), url: z.string() }),
      enabled: z.boolean(),
      upsert_mode: z.boolean(),
      paused: z.boolean(),
      checked: z
        .boolean()
        .describe(
          'false while Mailchimp could not be asked about it since it was saved, and while it is switched off.',
        ),
      not_checked: z.string().nullable().describe('Why not; null when it was.'),
      held_by: z
        .string()
        .nullable()
        .describe(
          'What holds all its waiting debts now: `disabled`, `paused`, or the cause of a hold; null when they may go.',
        ),
      holds: z.array(hold),
      problems: z
        .array(fieldProblem)
        .describe('What keeps a part of the mapping from being delivered, such as a merge tag that another one fills.'),
      still_to_owe: z
        .object({
          since: time.describe('When it was saved, or its source changed its family.'),
          owed: z.int().min(0).describe('How many people are owed by now.'),
        })
        .nullable()
        .describe('While everyone whom its source knows is being owed, part by part; null when that is done.'),
      leaves_at: time
        .nullable()
        .describe('When an integration that was removed is gone at the latest; null while it stays.'),
      created_at: time,
      updated_at: time,
    })
    .describe('A source, a Mailchimp audience, a mapping from paths to merge tags, and how it delivers.'),
  EXAMPLE_INTEGRATION,
)

const EXAMPLE_NOTE = { path: 'description', note: DROPPED.description }

/** The answer to a caller who made or changed an integration. */
export const savedIntegration = named(
  'SavedIntegration',
  integration
    .extend({
      notes: z
        .array(z.object({ path: z.string(), note: z.string() }))
        .describe('What of the document was taken and is not kept, by its path, and why.'),
      contacts_left: z
        .int()
        .describe(
          'How many contacts keep what this integration wrote to them, since the document now speaks of fewer contacts or fields: because of a document nothing is taken back.',
        ),
    })
    .describe('The integration as it was saved.'),
  { ...EXAMPLE_INTEGRATION, notes: [EXAMPLE_NOTE], contacts_left: 0 },
)

/** What is shown beside the document and not in it. */
export const SHOWN_ONLY = Object.keys(savedIntegration.shape).filter(
  key => !Object.hasOwn(integrationDocument.shape, key),
)

const IGNORED = SHOWN_ONLY.filter(key => key !== 'source_id' && key !== 'paused')

/** The document that takes the place of the one there is. */
export const integrationReplacement = named(
  'IntegrationReplacement',
  writtenDocument
    .extend({
      authentication: keptAuthentication,
      source_id: ignored,
      paused: z.boolean().optional().describe('As it is, or left out: pause and resume have addresses of their own.'),
      ...Object.fromEntries(IGNORED.map(key => [key, z.unknown().optional().describe('Ignored.')])),
    })
    .describe('An integration document, or an integration as it is shown; its key may be left out, or hidden.'),
  { ...EXAMPLE_DOCUMENT, authentication: { url: EXAMPLE_AUTHENTICATION.url }, upsert_mode: true },
)

export const integrationPage = pageOf(integration)

export const leavingIntegration = named(
  'LeavingIntegration',
  z
    .object({ leaves_at: time.describe('The integration is gone by then at the latest.') })
    .describe('The integration is removed; it only puts right what Mailchimp may still apply late.'),
  { leaves_at: '2026-11-21T09:00:00.000Z' },
)

export const checkResult = named(
  'IntegrationCheck',
  z
    .object({
      ok: z.boolean(),
      checked: z.boolean().describe('false when Mailchimp could not be asked.'),
      not_checked: z.string().nullable(),
      account: z.object({ name: z.string(), role: z.string() }).nullable(),
      audience: z
        .object({
          id: z.string(),
          name: z.string(),
          merge_fields: z.array(z.object({ tag: z.string(), name: z.string(), type: z.string() })),
        })
        .nullable(),
      problems: z.array(fieldProblem),
      notes: z.array(fieldProblem).describe('What works, and needs to be known nevertheless.'),
    })
    .describe('Whether Mailchimp lets the integration work, and what is in its way.'),
  {
    ok: true,
    checked: true,
    not_checked: null,
    account: { name: 'Example Shop', role: 'owner' },
    audience: {
      id: 'a1b2c3d4e5',
      name: 'Customers',
      merge_fields: [{ tag: 'NEWS', name: 'Newsletter', type: 'text' }],
    },
    problems: [],
    notes: [],
  },
)
