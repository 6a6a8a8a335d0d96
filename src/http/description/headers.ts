import { type Json } from './api.ts'

const RETRY_AFTER = {
  'Retry-After': { description: 'After how many seconds to try again.', schema: { type: 'integer' } },
}

const HEADERS: Readonly<Record<string, Json>> = {
  401: { 'WWW-Authenticate': { description: 'How to prove who asks (RFC 9110).', schema: { type: 'string' } } },
  429: RETRY_AFTER,
  503: RETRY_AFTER,
}

/** The headers that a refusal with this status carries. */
export const headersOf = (status: string): { readonly headers?: Json } =>
  HEADERS[status] ? { headers: HEADERS[status] } : {}
