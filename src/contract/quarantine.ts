import { z } from 'zod'
import { named, pageOf, time } from './shared.ts'
import { inFigures, LIMITS } from '../domain/limits.ts'

export const quarantined = named(
  'QuarantinedBody',
  z
    .object({
      id: z.string(),
      source_id: z.string(),
      received_at: time,
      faults: z.array(z.object({ path: z.string(), why: z.string() })),
      body: z
        .string()
        .describe(
          `As it came in, as far as its first ${inFigures(LIMITS.quarantinedBytes)} bytes; bytes that are no UTF-8 are shown as U+FFFD.`,
        ),
      body_bytes: z.int().describe('How long it is altogether.'),
    })
    .describe('A body of which something could not be read, and the fields at fault.'),
  {
    id: 'inb_01m83t4cm0000000example001',
    source_id: 'src_01m83t4cm0000000example001',
    received_at: '2026-11-23T09:00:00.000Z',
    faults: [{ path: 'type', why: 'is missing' }],
    body: '{"parameters":{}}',
    body_bytes: 17,
  },
)

export const quarantinePage = pageOf(quarantined)
