import { z } from 'zod'
import { named, pageOf, plainText, role, time } from './shared.ts'

const EXAMPLE = { id: 'tok_01m83t4cm0000000example001', name: 'nightly report', role: 'viewer' } as const

export const newToken = named(
  'NewApiToken',
  z.strictObject({ name: plainText.min(1).max(200), role }).describe('An API token to make.'),
  { name: EXAMPLE.name, role: EXAMPLE.role },
)

export const createdToken = named(
  'CreatedApiToken',
  z
    .object({ id: z.string(), name: z.string(), role, token: z.string().describe('Shown once.') })
    .describe('An API token with its text.'),
  { ...EXAMPLE, token: 'crt_shown-once' },
)

export const token = named(
  'ApiToken',
  z
    .object({
      id: z.string(),
      name: z.string(),
      role,
      created_at: time,
      revoked_at: time.nullable().describe('Since when it opens nothing; null while it works.'),
    })
    .describe('What a script proves itself with; its text is shown once, when it is made.'),
  { ...EXAMPLE, created_at: '2026-11-20T09:00:00.000Z', revoked_at: null },
)

export const tokenPage = pageOf(token)
