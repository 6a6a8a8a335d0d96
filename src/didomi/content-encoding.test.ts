import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ENCODERS } from '../../test/encoders.ts'
import { LIMITS } from '../domain/limits.ts'
import { decodeBody } from './content-encoding.ts'

const BODY = Buffer.from('{"type":"event.created","who":"Bücher"}')
const decodes = (raw: Uint8Array) => ({ kind: 'decoded', raw: Buffer.from(raw) })
const decoded = (sent: Uint8Array, contentEncoding: string) => {
  const result = decodeBody(sent, contentEncoding)
  return result.kind === 'decoded' ? { ...result, raw: Buffer.from(result.raw) } : result
}

describe('R2: a body is decoded', () => {
  test.each([
    ['gzip, identity', gzipSync(BODY)],
    [' identity ,\tgzip ,', gzipSync(BODY)],
    ['gzip, br', brotliCompressSync(gzipSync(BODY))],
    ['deflate,gzip', gzipSync(deflateSync(BODY))],
    ['gzip', Buffer.concat([gzipSync(BODY.subarray(0, 9)), gzipSync(BODY.subarray(9))])],
    [' , ', BODY],
  ])('in %j', (contentEncoding, sent) => {
    expect(decoded(sent, contentEncoding)).toEqual(decodes(BODY))
  })

  test('whatever it holds, and however often it was encoded', () => {
    const layers = fc.array(fc.constantFrom(...ENCODERS), { maxLength: 4 })
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2_000 }), layers, (raw, encoders) => {
        const sent = encoders.reduce<Uint8Array>((body, [, encode]) => encode(body), raw)
        expect(decoded(sent, encoders.map(([name]) => name).join(', '))).toEqual(decodes(raw))
      }),
    )
  })

  test.each(ENCODERS)('in %j up to 1 MiB, and not a byte more', (name, encode) => {
    const sized = (size: number) => decodeBody(encode(Buffer.alloc(size, ' ')), name)
    const most = sized(LIMITS.bodyBytes)
    expect(most.kind === 'decoded' && Buffer.alloc(LIMITS.bodyBytes, ' ').equals(most.raw)).toBe(true)
    expect(sized(LIMITS.bodyBytes + 1)).toEqual({ kind: 'too_large' })
  })

  test('and nothing holds nothing', () => {
    for (const name of ['', 'gzip', 'zstd', 'br, gzip'])
      expect(decoded(Buffer.of(), name)).toEqual(decodes(Buffer.of()))
  })
})

describe('R2: a bomb', () => {
  const huge = Buffer.alloc(64 * LIMITS.bodyBytes)
  test.each<[string, Uint8Array]>([
    ['gzip', gzipSync(huge)],
    ['deflate', deflateSync(huge)],
    ['gzip, gzip', gzipSync(gzipSync(huge))],
    ['gzip, br', brotliCompressSync(gzipSync(huge))],
    ['identity, gzip, identity, gzip', gzipSync(gzipSync(huge))],
  ])('in %j is too large', (contentEncoding, sent) => {
    expect(decodeBody(sent, contentEncoding)).toEqual({ kind: 'too_large' })
  })

  test('under another one is too large before the inner one is reached', () => {
    const inner = Buffer.alloc(LIMITS.encodedBodyBytes + 1)
    expect(decodeBody(gzipSync(inner), 'zstd, gzip')).toEqual({ kind: 'too_large' })
  })

  test('of many layers is not unpacked', () => {
    expect(decodeBody(BODY, 'gzip,'.repeat(3_000))).toEqual({ kind: 'encoded', why: 'names more than 4 encodings' })
  })
})

describe('R2: what cannot be decoded', () => {
  const unknown = (name: string) => ({ kind: 'encoded', why: `names "${name}", which is none that we decode` })
  const otherwise = (name: string) => ({
    kind: 'encoded',
    why: `says "${name}", and the body is not encoded so`,
  })
  test.each<[string, Uint8Array, object]>([
    ['zstd', BODY, unknown('zstd')],
    ['compress', BODY, unknown('compress')],
    ['utf-8', BODY, unknown('utf-8')],
    ['toString', BODY, unknown('tostring')],
    ['__proto__', BODY, unknown('__proto__')],
    ['zstd, gzip', gzipSync(BODY), unknown('zstd')],
    ['gzip', BODY, otherwise('gzip')],
    ['gzip', gzipSync(BODY).subarray(0, -9), otherwise('gzip')],
    ['gzip', deflateSync(BODY), otherwise('gzip')],
    ['deflate', BODY, otherwise('deflate')],
    ['deflate', deflateSync(BODY).subarray(0, -5), otherwise('deflate')],
    ['br', gzipSync(BODY), otherwise('br')],
    ['br', brotliCompressSync(BODY).subarray(0, -3), otherwise('br')],
    ['gzip, gzip', gzipSync(BODY), otherwise('gzip')],
    ['x'.repeat(500), BODY, unknown('x'.repeat(60))],
  ])('of %j is named', (contentEncoding, sent, expected) => {
    expect(decodeBody(sent, contentEncoding)).toEqual(expected)
  })

  test('is never an error, whatever the bytes', () => {
    const label = fc.constantFrom(...ENCODERS.map(([name]) => name), 'zstd', 'gzip, br', 'deflate, gzip')
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), label, (bytes, contentEncoding) => {
        expect(['decoded', 'encoded']).toContain(decodeBody(bytes, contentEncoding).kind)
      }),
    )
  })
})
