import { z } from 'zod'
import { named, pageOf, person, time } from './shared.ts'

/** Shapes of the problem *many retractions*, in the public API. */

const decision = z.enum(['release', 'withhold'])

export const retractions = named(
  'Retractions',
  z
    .object({
      id: z.string(),
      source_id: z.string(),
      since: time.describe('When the first of them began to wait.'),
      decision: decision
        .nullable()
        .describe('release: they go. withhold: they do not go. null: an answer is awaited, until `goes_at`.'),
      decided_at: time.nullable(),
      decided_by: z.string().nullable().describe('null when the time was up.'),
      goes_at: time.nullable().describe('When they go without an answer; null when there was one.'),
      people: z.int().describe('How many people it concerns now.'),
      deliveries: z.int().describe('How many deliveries wait.'),
      samples: z
        .array(
          z.object({
            integration_id: z.string(),
            person,
            merge_tags: z
              .array(z.string())
              .describe('What waits of the delivery. Empty where it waits since before version 31 of the store.'),
          }),
        )
        .describe('Up to ten of the deliveries.'),
    })
    .describe(
      'More than 100 people, and more than 1 % of the people of a source, would have been denied something within an hour although none of them said so. Those after them wait.',
    ),
  {
    id: 'brk_01958f2c4a00a1b2c3d4e5f60718',
    source_id: 'src_01m83t4cm0000000example001',
    since: '2026-11-23T09:00:00.000Z',
    decision: null,
    decided_at: null,
    decided_by: null,
    goes_at: '2026-11-24T09:00:00.000Z',
    people: 50,
    deliveries: 50,
    samples: [
      { integration_id: 'int_01m83t4cm0000000example001', person: 'ada@example.test', merge_tags: ['NEWSLETTER'] },
    ],
  },
)

export const retractionsPage = pageOf(retractions)

export const retractionsAnswer = named(
  'RetractionsAnswer',
  z
    .strictObject({ decision })
    .describe('release lets the retractions go. withhold keeps them back, and can be followed by release.'),
  { decision: 'release' },
)
