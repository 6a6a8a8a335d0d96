import { z } from 'zod'
import { inFigures, LIMITS } from '../domain/limits.ts'
import { named, pageOf, pageQuery, plainText, time } from './shared.ts'

const faults = z.array(z.object({ path: z.string(), why: z.string() }))

export const quarantined = named(
  'QuarantinedBody',
  z
    .object({
      id: z.string(),
      source_id: z.string(),
      received_at: time,
      faults,
      body: z
        .string()
        .describe(
          `As it came in, up to its first ${inFigures(LIMITS.quarantinedBytes)} bytes; bytes that are no UTF-8 are shown as U+FFFD.`,
        ),
      body_bytes: z.int().describe('How long it is altogether.'),
    })
    .describe('A body with something that could not be read, and the fields at fault.'),
  {
    id: 'inb_01m83t4cm0000000example001',
    source_id: 'src_01m83t4cm0000000example001',
    received_at: '2026-11-23T09:00:00.000Z',
    faults: [{ path: 'type', why: 'is missing' }],
    body: '{"parameters":{}}',
    body_bytes: 17,
  },
)

export type Quarantined = z.infer<typeof quarantined>

export const quarantinePage = pageOf(quarantined)

export const quarantineQuery = pageQuery.extend({
  source_id: plainText.max(100).optional().describe('Only of this source.'),
})

export const reread = named(
  'RereadBody',
  z
    .object({
      id: z.string(),
      source_id: z.string(),
      records: z
        .object({
          folded: z.int(),
          evidence: z.int(),
          ignored: z.int(),
          anonymous: z.int(),
          duplicate: z.int(),
          erased: z.int().describe('Records of erased people, of the time before.'),
          set_apart: z.int().describe('Records that are no better off than before.'),
        })
        .describe('What became of the records that were set apart; all 0 when none was.'),
      faults: faults.describe('What is still at fault; the body stays in the quarantine while there is any.'),
      integrations: z.array(z.string()).describe('The integrations that owe something because of it.'),
    })
    .describe('What came of reading a body again.'),
  {
    id: 'inb_01m83t4cm0000000example001',
    source_id: 'src_01m83t4cm0000000example001',
    records: { folded: 1, evidence: 0, ignored: 0, anonymous: 0, duplicate: 0, erased: 0, set_apart: 0 },
    faults: [],
    integrations: ['int_01m83t4cm0000000example001'],
  },
)

export type Reread = z.infer<typeof reread>
