import { z } from 'zod'
import { deliveryStatus } from './deliveries.ts'
import { givenId, named, pageOf, pageQuery, person, time } from './shared.ts'
import { LIMITS } from '../domain/limits.ts'

/** Shapes of failures and replays in the public API. */

const kind = z.enum(['dead', 'held', 'retrying', 'gone'])
const state = z.enum(['open', 'acknowledged', 'resolved', 'ignored'])

export const failure = named(
  'Failure',
  z
    .object({
      id: z.string(),
      integration_id: z.string(),
      kind: kind.describe(
        'What the cause does to the debts: they are dead, held, or tried again and again; `gone`: each carried a withdrawal, and its contact is gone.',
      ),
      cause: z.string(),
      says: z.string().nullable(),
      next: z.string().nullable().describe('What to do about it; null when nothing needs doing.'),
      count: z.int().describe('How many debts it concerns now.'),
      withdrawals: z.int().describe('How many of them carry a withdrawal.'),
      first_at: time,
      last_at: time.describe('When it last grew.'),
      example: z
        .object({ delivery_id: z.string(), person: z.string(), detail: z.string().nullable() })
        .nullable()
        .describe('One of the debts; null when there is none now.'),
      state,
      changed_at: time.describe('Since when it is in this state.'),
      changed_by: z.string().nullable().describe('null when the state changed by itself.'),
      resolved_at: time.nullable(),
    })
    .describe('What one cause does to the debts of one integration.'),
  {
    id: 'flr_01m83t4cm0000000example001',
    integration_id: 'int_01m83t4cm0000000example001',
    kind: 'held',
    cause: 'key_invalid',
    says: 'Mailchimp does not accept the API key.',
    next: 'Put in a valid key; everything held is then sent.',
    count: 120,
    withdrawals: 3,
    first_at: '2026-11-23T09:00:00.000Z',
    last_at: '2026-11-23T09:20:00.000Z',
    example: { delivery_id: 'dlv_01m83t4cm0000000example001', person: 'ada@example.test', detail: null },
    state: 'open',
    changed_at: '2026-11-23T09:00:00.000Z',
    changed_by: null,
    resolved_at: null,
  },
)

export const failurePage = pageOf(failure)

export type Failure = z.infer<typeof failure>

export const failureQuery = pageQuery.extend({
  integration_id: givenId.optional().describe('Only of this integration.'),
  kind: kind.optional().describe('Only what does this to the debts.'),
  cause: givenId.optional().describe('Only of this cause.'),
  state: state.optional().describe('All but the resolved ones when absent.'),
})

const filter = {
  integration_id: givenId.optional(),
  failure_id: givenId.optional(),
  reason: givenId.optional(),
  status: deliveryStatus.optional(),
  person: person.optional(),
  delivery_id: givenId.optional(),
}

const dryRun = z.boolean().default(false).describe('Only counts: nothing is made due.')

export const newReplay = named(
  'NewReplay',
  z
    .strictObject({ ...filter, all: z.literal(true).optional(), dry_run: dryRun })
    .refine(
      ({ all, dry_run: _only, ...given }) => (all === true) !== Object.values(given).some(each => each !== undefined),
      { message: 'give either `all` or at least one condition', path: ['all'] },
    )
    .describe(
      'Which debts to replay: those that meet every condition. With nothing but `all` or an integration, everything that failed: dead, held, or tried in vain.',
    ),
  { reason: 'key_invalid', dry_run: true },
)

export const newResync = named(
  'NewResync',
  z.strictObject({ dry_run: dryRun }).describe('How to resync; no body is a resync that is carried out.'),
  { dry_run: true },
).nullish()

export const idempotencyHeader = z.looseObject({
  'idempotency-key': z
    .string()
    .regex(/^[\x20-\x7e]{1,255}$/)
    .optional()
    .describe(`The same key gives the same replay for ${LIMITS.replayKeyHours} hours.`),
})

export const replayCount = named(
  'ReplayCount',
  z
    .object({
      dry_run: z.literal(true),
      total: z.int(),
      withdrawals: z.int().describe('How many of them carry a withdrawal that is not with Mailchimp yet.'),
    })
    .describe('How many debts the replay would make due; nothing was made due.'),
  { dry_run: true, total: 120, withdrawals: 3 },
)

export const replay = named(
  'Replay',
  z
    .object({
      id: z.string(),
      kind: z.enum(['debts', 'resync']),
      filter: z
        .object({
          integration_id: z.string().nullable(),
          status: z.string().nullable(),
          reason: z.string().nullable(),
          delivery_ids: z.array(z.string()).nullable(),
          failure: z.object({ integration_id: z.string(), kind, cause: z.string() }).nullable(),
        })
        .describe('What it was asked for; a person is shown as their debts.'),
      state: z.enum(['making_due', 'delivering', 'done']),
      progress: z.object({
        total: z.int().describe('How many debts there were when it was asked for.'),
        withdrawals: z.int(),
        made_due: z.int(),
        settled: z.int().describe('How many of those have ended since.'),
      }),
      requested_by: z.string(),
      created_at: time,
      finished_at: time.nullable(),
    })
    .describe('Debts that are made due again, and how far that is.'),
  {
    id: 'rpl_01m83t4cm0000000example001',
    kind: 'debts',
    filter: { integration_id: null, status: null, reason: 'key_invalid', delivery_ids: null, failure: null },
    state: 'delivering',
    progress: { total: 120, withdrawals: 3, made_due: 120, settled: 80 },
    requested_by: 'grace@example.test',
    created_at: '2026-11-23T09:30:00.000Z',
    finished_at: null,
  },
)

export const replayPage = pageOf(replay)
