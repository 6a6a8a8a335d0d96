import { z } from 'zod'
import { integrationDocument } from './document.ts'

/** Shapes of the public API that are not the integration document. Times are RFC 3339 in UTC. */
const time = z.string().describe('RFC 3339, UTC')

export const problemDocument = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string(),
    advice: z.string().describe('What to do about it.'),
    code: z.string(),
    errors: z
      .array(z.object({ path: z.string(), code: z.string(), detail: z.string(), remedy: z.string() }))
      .describe('Everything that is wrong, each with its JSON path and the remedy.'),
  })
  .describe('A refusal (RFC 9457).')

export const pageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(50).describe('How many at most.'),
  cursor: z.string().max(200).default('').describe('`next_cursor` of the page before.'),
})

export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({ data: z.array(item), next_cursor: z.string().nullable().describe('null on the last page.') })

/** Text of one line: PostgreSQL takes no NUL, and nobody means the others. */
export const plainText = z.string().regex(/^[^\p{Cc}\p{Cs}]*$/u, 'holds control characters')

export const idParams = z.strictObject({ id: plainText.min(1).max(600) })

export const newIntegration = integrationDocument.extend({ source_id: z.string() })

const hold = z
  .object({ cause: z.string(), says: z.string(), next: z.string(), detail: z.string(), since: time })
  .describe('Why nothing, or not everything, can be delivered now, and what to do about it.')

export const integration = z.object({
  id: z.string(),
  source_id: z.string(),
  ...integrationDocument.shape,
  authentication: z.object({ api_key: z.string().describe('All but its end is hidden.'), url: z.string() }),
  enabled: z.boolean(),
  upsert_mode: z.boolean(),
  paused: z.boolean(),
  holds: z.array(hold),
  created_at: time,
  updated_at: time,
})

const fieldProblem = z.object({ path: z.string(), code: z.string(), detail: z.string(), remedy: z.string() })

export const checkResult = z.object({
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
})

export const planRequest = z.strictObject({
  person: z.string().min(1).max(512).describe('The organization_user_id.'),
  events: z
    .array(z.unknown())
    .max(100)
    .default([])
    .describe('Webhook records to suppose on top of what is known; nothing is stored.'),
})

const choice = z.object({
  place: z.string(),
  answer: z.union([z.boolean(), z.array(z.string())]),
  at: time,
})

const setAside = z.object({ tag: z.string(), path: z.string(), code: z.string(), detail: z.string() })

export const plan = z.object({
  do: z.enum(['skip', 'update', 'upsert']),
  because: z.string().nullable(),
  says: z.string().nullable(),
  request: z.object({ method: z.string(), path: z.string(), body: z.unknown() }).nullable(),
  set_aside: z.array(setAside),
  choices: z.array(choice),
  last_delivered: z.record(z.string(), z.union([z.string(), z.number()])).nullable(),
})

export const eventsRequest = z.strictObject({
  source_id: z.string(),
  events: z.array(z.unknown()).min(1).max(1_000).describe("Records of the shape of Didomi's webhooks."),
})

export const eventsAccepted = z.object({ received: z.int(), repeated: z.boolean() })

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

export const attempt = z.object({
  id: z.string(),
  integration_id: z.string(),
  person: z.string(),
  started_at: time,
  finished_at: time.nullable().describe('null while it is under way.'),
  duration_ms: z.int().nullable(),
  request: z.object({ method: z.string(), path: z.string(), body: z.unknown() }),
  answer: z.object({ status: z.int().nullable(), body: z.unknown(), request_id: z.string().nullable() }),
  outcome: z.string().nullable(),
  reason: z.string().nullable(),
  detail: z.string().nullable(),
  carries: z
    .array(
      z.object({
        fact_id: z.string(),
        received_at: time,
        withdrawal: z.boolean().describe('It may take something back.'),
        waited_ms: z.int().nullable().describe('From its receipt to Mailchimp taking it; null if it did not.'),
      }),
    )
    .describe('The facts that this attempt was the first to take to Mailchimp, 200 at most.'),
})

export const attemptQuery = pageQuery.extend({ integration_id: plainText.optional(), person: plainText.optional() })

export const fact = z.object({
  id: z.string(),
  type: z.string(),
  entity_id: z.string(),
  user_id: z.string(),
  at: time,
  received_at: time,
  status: z.string(),
  regulation: z.string(),
  folds: z.boolean().describe('false for evidence of the family that the source does not fold.'),
  states: z.array(z.object({ place: z.string(), answer: z.union([z.boolean(), z.array(z.string())]) })),
})

export const person = z.object({
  person: z.string(),
  sources: z.array(
    z.object({
      source_id: z.string(),
      choices: z.array(choice),
      deleted_users: z.array(z.object({ user_id: z.string(), at: time })),
      facts: z.array(fact).describe('The newest 200, the oldest of them first; all are in `GET /v1/events`.'),
      facts_total: z.int(),
      deliveries: z.array(delivery),
      attempts: z.array(attempt).describe('The newest 200.'),
    }),
  ),
})

export const stats = z.object({
  inbox: z.object({
    received: z.int(),
    folded: z.int(),
    evidence: z.int(),
    ignored: z.int(),
    anonymous: z.int(),
    duplicate: z.int(),
    quarantined: z.int(),
    erased: z.int(),
  }),
  deliveries: z.object({
    waiting: z.int(),
    sending: z.int(),
    held: z.int(),
    delivered: z.int(),
    skipped: z.int(),
    dead: z.int(),
  }),
})

export const statsQuery = z.strictObject({ source_id: plainText.optional(), integration_id: plainText.optional() })

export const quarantined = z.object({
  id: z.string(),
  source_id: z.string(),
  received_at: time,
  faults: z.array(z.object({ path: z.string(), why: z.string() })),
  body: z
    .string()
    .describe('As it came in, as far as its first 20,000 bytes; bytes that are no UTF-8 are shown as U+FFFD.'),
  body_bytes: z.int().describe('How long it is altogether.'),
})

const role = z.enum(['owner', 'operator', 'viewer'])

export const newToken = z.strictObject({ name: plainText.min(1).max(200), role })

export const createdToken = z.object({
  id: z.string(),
  name: z.string(),
  role,
  token: z.string().describe('Shown once.'),
})

export const token = z.object({
  id: z.string(),
  name: z.string(),
  role,
  created_at: time,
  revoked_at: time.nullable(),
})

export const auditEntry = z.object({
  id: z.string(),
  at: time,
  actor: z.string(),
  action: z.string(),
  subject: z.string(),
})
