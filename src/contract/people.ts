import { z } from 'zod'
import { AT_MAILCHIMP } from '../domain/erasure.ts'
import { attempt } from './attempts.ts'
import { delivery } from './deliveries.ts'
import { erasedCounts, erasure, remains } from './erasures.ts'
import { fact } from './events.ts'
import { choice, EXAMPLE_CHOICE } from './plans.ts'
import { givenId, lastWritten, lastWrittenAt, mergeValues, named, person, time } from './shared.ts'
import { LIMITS } from '../domain/limits.ts'

const SOURCE = 'src_01m83t4cm0000000example001'

export const knownPerson = named(
  'Person',
  z
    .object({
      person: z.string(),
      erasure: erasure.nullable().describe('Their erasure while it is under way; null otherwise.'),
      sources: z.array(
        z.object({
          source_id: z.string(),
          choices: z.array(choice),
          deleted_users: z.array(z.object({ user_id: z.string(), at: time })),
          facts: z
            .array(fact)
            .describe(`The newest ${LIMITS.personFacts}, the oldest of them first; all are in \`GET /v1/events\`.`),
          facts_total: z.int(),
          deliveries: z.array(delivery),
          attempts: z.array(attempt).describe(`The newest ${LIMITS.personAttempts}.`),
        }),
      ),
    })
    .describe('Everything that is kept of one person, source by source.'),
  {
    person: 'ada@example.test',
    erasure: null,
    sources: [
      {
        source_id: SOURCE,
        choices: [EXAMPLE_CHOICE],
        deleted_users: [],
        facts: [],
        facts_total: 0,
        deliveries: [],
        attempts: [],
      },
    ],
  },
)

export const peopleQuery = z.strictObject({
  search: z
    .string()
    .trim()
    .max(512)
    .default('')
    .describe(
      'The beginning of an organization_user_id, in any case, or the MD5 that Mailchimp names a contact by; without it, the people of the newest events.',
    ),
})

export const foundPeople = named(
  'FoundPeople',
  z
    .object({
      data: z
        .array(
          z.object({
            person: z.string(),
            source_id: z.string(),
            facts: z.int().describe('How many facts are known of them.'),
            last_at: time.describe('When the last fact came in.'),
          }),
        )
        .describe(`${LIMITS.foundPeople} at most; by their MD5 only those are found to whom something was delivered.`),
    })
    .describe('The people that a search found.'),
  { data: [{ person: 'ada@example.test', source_id: SOURCE, facts: 3, last_at: '2026-11-23T09:00:00.000Z' }] },
)

export const contactQuery = z.strictObject({
  integration_id: givenId.describe('The integration whose audience and mapping count.'),
})

export const contactNow = named(
  'ContactNow',
  z
    .object({
      found: z.boolean().describe('false when there is no such contact, or when the person names none.'),
      status: z.string().nullable(),
      read_at: time.describe('When Mailchimp was asked.'),
      held: mergeValues.describe('What the mapped merge fields held at Mailchimp then.'),
      should_hold: mergeValues.describe('What they should hold.'),
      last_delivered: lastWritten,
      last_written_at: lastWrittenAt,
      drift: z.array(z.string()).describe('The merge tags that did not hold what they should.'),
    })
    .describe('What Mailchimp held of a person when it was asked, beside what it should hold.'),
  {
    found: true,
    status: 'subscribed',
    read_at: '2026-11-23T09:00:00.000Z',
    held: { NEWS: 'false' },
    should_hold: { NEWS: 'true' },
    last_delivered: { NEWS: 'true' },
    last_written_at: '2026-11-22T15:30:00.000Z',
    drift: ['NEWS'],
  },
)

export const testWrite = named('TestWrite', z.strictObject({ person }).describe('Whom to write.'), {
  person: 'ada@example.test',
})

export const testWriteStarted = named(
  'TestWriteStarted',
  z
    .object({ delivery_id: z.string().describe('The debt that is due now.') })
    .describe('The person is due in the integration.'),
  { delivery_id: 'dlv_01m83t4cm0000000example001' },
)

export const eraseQuery = z.strictObject({
  mailchimp: z
    .enum(AT_MAILCHIMP)
    .default('deny')
    .describe(
      'With deny the yes/no fields that were written for the person alone are denied first; with leave they stay as they are, and only what is owed already is waited for.',
    ),
  thorough: z
    .enum(['true', 'false'])
    .default('false')
    .describe(
      'On PostgreSQL, true writes the tables again, so that no dead row is left in its files; nothing else can use a table meanwhile.',
    ),
})

export const erasedPerson = named(
  'ErasedPerson',
  erasedCounts
    .extend({ erasure_id: z.string().describe('The erasure, which names no person.'), remains })
    .describe('How much of a person was erased.'),
  {
    facts: 3,
    bodies: 2,
    attempts: 4,
    deliveries: 1,
    erasure_id: 'era_01m83t4cm0000000example001',
    remains: ['back-ups that were made before'],
  },
)
