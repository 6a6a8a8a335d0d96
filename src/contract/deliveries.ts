import { z } from 'zod'
import { pageQuery, plainText, time } from './shared.ts'

export const delivery = z.object({
  id: z.string(),
  integration_id: z.string(),
  person: z.string(),
  status: z.enum(['waiting', 'sending', 'held', 'delivered', 'skipped', 'dead']),
  reason: z.string().nullable(),
  says: z.string().nullable(),
  next: z.string().nullable(),
  detail: z.string().nullable(),
  failed: z.int(),
  carries_withdrawal: z.boolean(),
  due_at: time.nullable(),
  owed_at: time,
  settled_at: time.nullable(),
})

export const deliveryQuery = pageQuery.extend({
  integration_id: plainText.optional(),
  status: delivery.shape.status.optional(),
  person: plainText.optional(),
})
