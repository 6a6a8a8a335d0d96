import { z } from 'zod'
import { delivery } from './deliveries.ts'
import { pageQuery, person, time } from './shared.ts'

/** Shapes of failures and replays in the public API. */

const kind = z.enum(['dead', 'held', 'retrying'])
const state = z.enum(['open', 'acknowledged', 'resolved', 'ignored'])

export const failure = z
  .object({
    id: z.string(),
    integration_id: z.string(),
    kind: kind.describe('What the cause does to the debts: they are dead, held, or tried again and again.'),
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
  .describe('What one cause does to the debts of one integration.')

export const failureQuery = pageQuery.extend({
  integration_id: z.string().optional(),
  kind: kind.optional(),
  cause: z.string().optional(),
  state: state.optional().describe('All but the resolved ones when absent.'),
})

const filter = {
  integration_id: z.string().min(1).max(100).optional(),
  failure_id: z.string().min(1).max(100).optional(),
  reason: z.string().min(1).max(100).optional(),
  status: delivery.shape.status.optional(),
  person: person.optional(),
  delivery_id: z.string().min(1).max(100).optional(),
}

const dryRun = z.boolean().default(false).describe('Only counts: nothing is made due.')

export const newReplay = z
  .strictObject({ ...filter, all: z.literal(true).optional(), dry_run: dryRun })
  .refine(
    ({ all, dry_run: _only, ...given }) => (all === true) !== Object.values(given).some(each => each !== undefined),
    { message: 'give either `all` or at least one condition', path: ['all'] },
  )
  .describe(
    'Which debts to replay: those that meet every condition. With nothing but `all` or an integration, whatever failed: dead, held, or tried in vain.',
  )

export const newResync = z.strictObject({ dry_run: dryRun }).nullish()

export const idempotencyHeader = z.looseObject({
  'idempotency-key': z
    .string()
    .regex(/^[\x20-\x7e]{1,255}$/)
    .optional()
    .describe('The same key gives the same replay for 24 hours.'),
})

export const replayCount = z.object({
  dry_run: z.literal(true),
  total: z.int(),
  withdrawals: z.int().describe('How many of them carry a withdrawal that is not with Mailchimp yet.'),
})

export const replay = z.object({
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
