import { z } from 'zod'
import { ENDS } from '../domain/end.ts'
import { named, pageOf, pageQuery, plainText, time } from './shared.ts'

export const deliveryStatus = z.enum(['waiting', 'sending', 'held', 'delivered', 'skipped', 'dead'])

const end = z.enum(ENDS)

/** Of what has debts in it. */
export const endOrNull = end
  .nullable()
  .describe(
    'How it ended well: `in_step` (written, written already, or no choice that is mapped), `not_in_audience`, `unmatched` (the id names no contact) or `contact_gone`. null while it is owed, or when it ended dead or held.',
  )

/** How many debts ended well, by how. */
export const endCounts = z.object({
  in_step: z.int(),
  not_in_audience: z.int(),
  unmatched: z.int(),
  contact_gone: z.int(),
})

export const delivery = named(
  'Delivery',
  z
    .object({
      id: z.string(),
      integration_id: z.string(),
      person: z.string(),
      status: deliveryStatus.describe('`skipped` is every good end without a write; `end` tells them apart.'),
      end: endOrNull,
      reason: z.string().nullable().describe('Why it ended so, or waits; docs/problems.md lists the reasons.'),
      says: z.string().nullable().describe('The reason in words.'),
      next: z.string().nullable().describe('What to do about it; null when nothing needs doing.'),
      detail: z.string().nullable(),
      failed: z.int().describe('How many attempts failed since it became due.'),
      carries_withdrawal: z.boolean(),
      due_at: time.nullable(),
      owed_at: time,
      settled_at: time.nullable(),
    })
    .describe('The debt of one person in one integration: what Mailchimp may still be owed.'),
  {
    id: 'dlv_01m83t4cm0000000example001',
    integration_id: 'int_01m83t4cm0000000example001',
    person: 'ada@example.test',
    status: 'delivered',
    end: 'in_step',
    reason: null,
    says: null,
    next: null,
    detail: null,
    failed: 0,
    carries_withdrawal: false,
    due_at: null,
    owed_at: '2026-11-23T09:00:00.000Z',
    settled_at: '2026-11-23T09:00:01.180Z',
  },
)

export const deliveryPage = pageOf(delivery)

export const deliveryQuery = pageQuery.extend({
  integration_id: plainText.optional().describe('Only of this integration.'),
  status: deliveryStatus.optional().describe('Only in this status.'),
  end: end.optional().describe('Only those that ended so.'),
  person: plainText.optional().describe('Only of this person, by organization_user_id.'),
})
