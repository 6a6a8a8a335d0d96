import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'

/** How a body is put into each encoding that the webhook decodes, by what a `Content-Encoding` calls it. */
export const ENCODERS: readonly (readonly [name: string, encode: (raw: Uint8Array) => Uint8Array])[] = [
  ['identity', raw => raw],
  ['', raw => raw],
  ['gzip', raw => gzipSync(raw)],
  ['x-gzip', raw => gzipSync(raw)],
  ['GZip', raw => gzipSync(raw)],
  ['deflate', raw => deflateSync(raw)],
  ['deflate', raw => deflateRawSync(raw)],
  ['br', raw => brotliCompressSync(raw)],
]
