import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { ENCODERS } from '../../test/encoders.ts'
import { LIMITS } from '../domain/limits.ts'
import { readKept, sentSteps } from './sent.ts'
import { atOnce } from './steps.ts'
import { faultIn, readWebhook } from './webhook.ts'

const RECEIVED = Date.parse('2024-05-02T10:00:00Z')

const RECORD =
  '{"type":"event.created","parameters":{"entity":{"id":"e1","created_at":"2024-05-02T09:00:00Z","user":{"organization_user_id":"ada@bücher.test"},"consents":{"purposes":[{"id":"news","enabled":false}]}}}}'
const FLATTENED =
  '{"type":"event.created","parameters__entity__id":"e2","parameters__entity__created_at":"2024-05-02T09:00:00Z"}'

const BODIES: readonly (readonly [string, Uint8Array | string])[] = [
  ['one record', RECORD],
  ['a list', `[${RECORD},${FLATTENED}]`],
  ['a flattened record', FLATTENED],
  ['a list with a record at fault', `[${RECORD},{"type":"event.created"}]`],
  ['a byte order mark', `\ufeff${RECORD}`],
  ['another type', '{"type":"consent.proof"}'],
  ['an empty list', '[]'],
  ['white space', ' \n'],
  ['no JSON', '{"type":'],
  ['no UTF-8', Buffer.from([0x7b, 0xc3, 0x28])],
  ['UTF-16', Buffer.from(RECORD, 'utf16le')],
  ['bytes that look encoded', gzipSync(RECORD)],
  ['1 MiB', RECORD.padEnd(LIMITS.bodyBytes - 1, ' ')],
]

describe('R2: a body is read as what its sender wrote', () => {
  test.each(BODIES)('%s, in every encoding', (_, body) => {
    const raw = Buffer.from(body)
    const readings = readWebhook(raw, RECEIVED)
    for (const [contentEncoding, encode] of ENCODERS) {
      const read = atOnce(sentSteps({ bytes: encode(raw), contentEncoding, receivedAt: RECEIVED }))
      expect([contentEncoding, read.decoded, read.readings]).toEqual([contentEncoding, 'decoded', readings])
      expect(raw.equals(read.raw)).toBe(true)
    }
  })

  test.each(BODIES)(
    '%s, in an encoding that is none of ours, stays as it was sent until it can be decoded',
    (_, body) => {
      const bytes = gzipSync(body)
      const read = atOnce(sentSteps({ bytes, contentEncoding: 'zstd', receivedAt: RECEIVED }))
      const faults = read.readings.flatMap(faultIn)
      expect(bytes.equals(read.raw)).toBe(true)
      expect(faults).toMatchObject([{ path: '', contentEncoding: 'zstd' }])
      expect(readKept({ raw: bytes, receivedAt: RECEIVED, faults })).toEqual(read)
      const known = faults.map(fault => ({ ...fault, contentEncoding: 'gzip' }))
      const again = readKept({ raw: bytes, receivedAt: RECEIVED, faults: known })
      expect(Buffer.from(body).equals(again.raw)).toBe(true)
      expect(again.readings).toEqual(readWebhook(Buffer.from(body), RECEIVED))
    },
  )

  test('what is kept decoded is read as it is, even if it is larger than what may come in', () => {
    const raw = Buffer.from(RECORD.padEnd(LIMITS.bodyBytes + 1, ' '))
    const { readings } = readKept({ raw, receivedAt: RECEIVED, faults: [{ path: '', why: 'could not be read once' }] })
    expect(readings).toEqual(readWebhook(raw, RECEIVED))
  })
})
