import { z } from 'zod'
import { integrationDocument } from './document.ts'
import { givenId, lastWritten, lastWrittenAt, mergeValues, named, person, time } from './shared.ts'
import { LOSSES } from '../domain/choice-note.ts'
import { LIMITS } from '../domain/limits.ts'

/** Shapes of what a document does to people, before it is kept and after. */

const supposing = z.strictObject({
  person,
  events: z
    .array(z.unknown())
    .max(100)
    .default([])
    .describe('Webhook records to suppose on top of what is known; nothing is stored.'),
})

export const planRequest = named('PlanRequest', supposing.describe('Whom to look at, and what to suppose.'), {
  person: 'ada@example.test',
})

export const EXAMPLE_CHOICE = {
  place: 'purpose "newsletter"',
  answer: true,
  at: '2026-11-23T08:59:58.000Z',
  retracted: null,
  denied_under: null,
  says: null,
}

export const choice = named(
  'Choice',
  z
    .object({
      place: z.string(),
      answer: z.union([z.boolean(), z.array(z.string())]),
      at: time,
      retracted: z
        .enum(LOSSES)
        .nullable()
        .describe(
          'All that was granted here was taken away, and nothing is left, so it counts as denied: the event was deleted, Didomi shows no choice any more, or the Didomi user moved to another person.',
        ),
      denied_under: z.string().nullable().describe('The regulation that denies it while another one grants it.'),
      says: z.string().nullable().describe('The same in words.'),
    })
    .describe('What a person answered at one place of the configuration tree, and when.'),
  EXAMPLE_CHOICE,
)

const setAside = z.object({ tag: z.string(), path: z.string(), code: z.string(), detail: z.string() })

export const plan = named(
  'Plan',
  z
    .object({
      do: z.enum(['skip', 'update', 'upsert']),
      because: z.string().nullable(),
      says: z.string().nullable(),
      request: z.object({ method: z.string(), path: z.string(), body: z.unknown() }).nullable(),
      set_aside: z.array(setAside).describe('Mapped fields that would be left out, and why.'),
      choices: z.array(choice),
      last_delivered: lastWritten,
      last_written_at: lastWrittenAt,
    })
    .describe('What would be sent for a person, and why.'),
  {
    do: 'update',
    because: null,
    says: null,
    request: {
      method: 'PATCH',
      path: '/lists/a1b2c3d4e5/members/00000000000000000000000000000000?skip_merge_validation=true',
      body: { merge_fields: { NEWS: 'true' } },
    },
    set_aside: [],
    choices: [EXAMPLE_CHOICE],
    last_delivered: null,
    last_written_at: null,
  },
)

export const draftPlan = named(
  'DraftPlanRequest',
  supposing
    .extend({
      source_id: givenId,
      integration_id: z
        .string()
        .min(1)
        .max(100)
        .optional()
        .describe('The integration that the document would replace: its key may then be left out or hidden.'),
      document: z
        .record(z.string(), z.unknown())
        .describe('An integration document, as for `POST /v1/integrations` but for `source_id`.'),
    })
    .describe('Whom to look at, and through which document.'),
  {
    person: 'ada@example.test',
    source_id: 'src_01m83t4cm0000000example001',
    document: {
      type_id: 'mailchimp',
      authentication: { api_key: 'theKeyOfYourMailchimpAccount0000-us6', url: 'https://us6.admin.mailchimp.com/' },
      properties: { audience_id: 'a1b2c3d4e5' },
      mappings: [{ id: 'NEWS', value: 'consents_purposes_newsletter_enabled' }],
    },
  },
)

const { mappings, options, upsert_mode } = integrationDocument.shape

export const impactRequest = named(
  'ImpactRequest',
  z
    .strictObject({ mappings, options, upsert_mode })
    .describe('What would change in the document; options that are left out stay as they are.'),
  { mappings: [{ id: 'NEWS', value: 'consents_purposes_offers_enabled' }] },
)

const EXAMPLE_FIELDS = { denied: 1, granted: 0, cleared: 0, other: 0, left: 0 }

export const impact = named(
  'Impact',
  z
    .object({
      people: z.int().describe('How many persons the integration owes or has paid.'),
      examined: z.int().describe(`How many of them were looked at: the first ${LIMITS.impactPeople} by their id.`),
      changed: z.int().describe('For how many of those it makes a difference.'),
      fields: z
        .object({
          denied: z.int().describe('They become a no, or a list in them loses something.'),
          granted: z.int().describe('They become a yes, or a list in them gains something.'),
          cleared: z.int().describe('They become empty.'),
          other: z.int().describe('They become another value.'),
          left: z.int().describe('They are not filled any more; what was written stays at the contact.'),
        })
        .describe('What becomes of how many merge fields of those people.'),
      sample: z
        .array(
          z.object({
            person: z.string(),
            do: plan.shape.do,
            because: plan.shape.because,
            says: plan.shape.says,
            fields_before: mergeValues.describe('What Mailchimp should hold by the document as it is.'),
            fields_after: mergeValues,
          }),
        )
        .describe(`Some of those, ${LIMITS.impactSample} at most.`),
    })
    .describe('What a change would do to the people known already.'),
  {
    people: 480,
    examined: 480,
    changed: 1,
    fields: EXAMPLE_FIELDS,
    sample: [
      {
        person: 'ada@example.test',
        do: 'update',
        because: null,
        says: null,
        fields_before: { NEWS: 'true' },
        fields_after: { NEWS: 'false' },
      },
    ],
  },
)

export const feedImpact = named(
  'FeedImpact',
  z
    .object({
      integrations: z
        .array(z.object({ integration_id: z.string(), name: z.string().nullable(), impact }))
        .describe('Each enabled integration of the source.'),
    })
    .describe('What another family of webhooks would do to the people known already.'),
  {
    integrations: [
      {
        integration_id: 'int_01m83t4cm0000000example001',
        name: 'Newsletter',
        impact: { people: 480, examined: 480, changed: 0, fields: { ...EXAMPLE_FIELDS, denied: 0 }, sample: [] },
      },
    ],
  },
)
