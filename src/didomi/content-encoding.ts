import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib'
import { LIMITS } from '../domain/limits.ts'

/** What a body is without its `Content-Encoding`; `why` says what keeps it from being decoded. */
export type Decoded =
  | { readonly kind: 'decoded'; readonly raw: Uint8Array }
  | { readonly kind: 'encoded'; readonly why: string }
  | { readonly kind: 'too_large' }

/** One is usual, two come of a proxy; a file that unpacks into itself could name hundreds. */
const MOST_ENCODINGS = 4

/**
 * R2: the body as its sender wrote it, at most 1 MiB. A bomb costs no more than a body of that size: decoding ends with
 * the first byte that is too many, after some 3 ms.
 */
export function decodeBody(sent: Uint8Array, contentEncoding: string): Decoded {
  const names = encodingsIn(contentEncoding)
  // An empty body needs no decoding, under any name.
  if (names.length === 0 || sent.byteLength === 0) return bounded(sent)
  if (names.length > MOST_ENCODINGS) return { kind: 'encoded', why: `names more than ${MOST_ENCODINGS} encodings` }
  let raw = sent
  // The last one was put on last.
  for (const [index, name] of [...names.entries()].reverse()) {
    const decoded = withoutOne(raw, { name, most: index === 0 ? LIMITS.bodyBytes : LIMITS.encodedBodyBytes })
    if (decoded.kind !== 'decoded') return decoded
    raw = decoded.raw
  }
  return { kind: 'decoded', raw }
}

const encodingsIn = (contentEncoding: string): string[] =>
  contentEncoding
    .toLowerCase()
    .split(',')
    .map(name => name.trim())
    .filter(name => name !== '' && name !== 'identity')

type Decode = (encoded: Uint8Array, options: { readonly maxOutputLength: number }) => Uint8Array

// `deflate` means zlib (RFC 9110), and many write it without the frame of zlib.
const DECODERS: Readonly<Record<string, readonly Decode[]>> = {
  gzip: [gunzipSync],
  'x-gzip': [gunzipSync],
  deflate: [inflateSync, inflateRawSync],
  br: [brotliDecompressSync],
}

function withoutOne(encoded: Uint8Array, { name, most }: { readonly name: string; readonly most: number }): Decoded {
  const decoders = Object.hasOwn(DECODERS, name) ? (DECODERS[name] ?? []) : []
  if (decoders.length === 0) return { kind: 'encoded', why: `names ${shown(name)}, which is none that we decode` }
  for (const decode of decoders) {
    try {
      return { kind: 'decoded', raw: decode(encoded, { maxOutputLength: most }) }
    } catch (error) {
      if (isTooLarge(error)) return { kind: 'too_large' }
    }
  }
  return { kind: 'encoded', why: `says ${shown(name)}, and the body is not encoded so` }
}

const bounded = (raw: Uint8Array): Decoded =>
  raw.byteLength > LIMITS.bodyBytes ? { kind: 'too_large' } : { kind: 'decoded', raw }

const isTooLarge = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE'

const shown = (name: string): string => JSON.stringify(name.slice(0, 60))
