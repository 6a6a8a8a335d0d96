import { z } from 'zod'
import { named, pageOf, time } from './shared.ts'

export const auditEntry = named(
  'AuditEntry',
  z
    .object({
      id: z.string(),
      at: time,
      actor: z.string(),
      action: z.string(),
      subject: z.string(),
      detail: z
        .object({
          contacts_left: z.int().optional().describe('How many contacts keep what an integration wrote to them.'),
        })
        .describe('What came of it; empty where that goes without saying.'),
    })
    .describe('Who did what to what, and when.'),
  {
    id: 'aud_01m83t4cm0000000example001',
    at: '2026-11-23T09:00:00.000Z',
    actor: 'grace@example.test',
    action: 'integration.paused',
    subject: 'int_01m83t4cm0000000example001',
    detail: {},
  },
)

export const auditPage = pageOf(auditEntry)
