import { decodeBody, type Decoded } from './content-encoding.ts'
import { type Fault } from './shape.ts'
import { atOnce, type Steps } from './steps.ts'
import { readWebhook, webhookSteps, type Reading } from './webhook.ts'

/** A body as its sender, or a store that could not decode it, has it. */
type Sent = {
  readonly bytes: Uint8Array
  readonly contentEncoding: string
  readonly receivedAt: number
}

export type ReadBody = {
  /** As its sender wrote it, or as it was sent when it cannot be decoded. */
  readonly raw: Uint8Array
  readonly decoded: Decoded['kind']
  readonly readings: readonly Reading[]
}

/**
 * R2: what a body says, in any wrapping. One that cannot be decoded is quarantined as it was sent, and its
 * fault keeps the encoding, so that another version can decode it. A step at a time.
 */
export function* sentSteps({ bytes, contentEncoding, receivedAt }: Sent): Steps<ReadBody> {
  const decoded = decodeBody(bytes, contentEncoding)
  if (decoded.kind === 'decoded')
    return { raw: decoded.raw, decoded: decoded.kind, readings: yield* webhookSteps(decoded.raw, receivedAt) }
  const why = decoded.kind === 'encoded' ? decoded.why : 'says what would be larger than 1 MiB when decoded'
  const fault: Fault = { path: '', why: `Content-Encoding ${why}`, contentEncoding }
  return { raw: bytes, decoded: decoded.kind, readings: [{ kind: 'quarantined', fault }] }
}

type Kept = { readonly raw: Uint8Array; readonly receivedAt: number; readonly faults: readonly Fault[] }

/** A body that is kept, read as it would be if it came now; decoded first if it could not be when it came. */
export function readKept({ raw, receivedAt, faults }: Kept): ReadBody {
  const contentEncoding = faults.find(fault => fault.contentEncoding !== undefined)?.contentEncoding
  if (contentEncoding === undefined) return { raw, decoded: 'decoded', readings: readWebhook(raw, receivedAt) }
  return atOnce(sentSteps({ bytes: raw, contentEncoding, receivedAt }))
}
