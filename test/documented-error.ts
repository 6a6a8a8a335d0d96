import { type BlockCause, type RejectCause, type RetryCause } from '../src/domain/outcome.ts'
import { type Reply } from '../src/mailchimp/client.ts'
import { mergeField } from '../src/domain/target.ts'

/** What an answer means for a delivery. */
export type Meaning =
  | { readonly kind: 'skipped'; readonly because: 'no_such_contact' }
  | { readonly kind: 'retry'; readonly cause: RetryCause; readonly ambiguous: boolean; readonly throttled: boolean }
  | { readonly kind: 'rejected'; readonly cause: RejectCause; readonly fields: readonly string[] }
  | { readonly kind: 'blocked'; readonly cause: BlockCause }

/** A PUT carries the address and a PATCH does not; `other` is every request that writes no contact. */
export type Asked = 'PUT' | 'PATCH' | 'other'

/** One thing that Mailchimp, or the network in front of it, is documented, recorded or reported to say. */
export type DocumentedError = {
  readonly status: number
  /** The body when it is not a problem document: a page, or nothing. */
  readonly page?: string
  /** Some problem documents come without a `type`, and Akamai's with one of its own. */
  readonly type?: 'none' | 'akamai_error_message'
  readonly title?: string
  /** `{e}` stands for an address. */
  readonly detail?: string
  readonly errors?: readonly { readonly field: string; readonly message: string }[]
  /** Whichever, when nothing is said. */
  readonly to?: readonly Asked[]
  /** Mailchimp's documentation when nothing is said; or numbers of recorded exchanges, or where it was reported. */
  readonly source?: string
  readonly means: Meaning
}

export const rejected = (cause: RejectCause, fields: readonly string[] = []): Meaning => ({
  kind: 'rejected',
  cause,
  fields: fields.map(mergeField),
})
export const blocked = (cause: BlockCause): Meaning => ({ kind: 'blocked', cause })
export const retry = (cause: RetryCause, { ambiguous = false, throttled = false } = {}): Meaning => ({
  kind: 'retry',
  cause,
  ambiguous,
  throttled,
})
export const THROTTLED = { throttled: true }
export const AMBIGUOUS = { ambiguous: true }

export const LEGACY = 'documented (old glossary)'
export const TRIGGER = 'documented, by its name'
export const recorded = (...numbers: readonly number[]): string => `recorded (${numbers.join(', ')})`
export const reported = (where: string): string => `reported (${where})`

export const WRITES = ['PUT', 'PATCH'] as const
export const PUT = ['PUT'] as const
export const PATCH = ['PATCH'] as const
export const OTHER = ['other'] as const

export const NOT_PERMITTED = blocked('not_permitted')
export const BAD_REQUEST = rejected('request_refused')
export const html = (words: string): string =>
  `<html><head><title>${words}</title></head><body><h1>${words}</h1></body></html>`

const TYPE: string = 'https://mailchimp.com/developer/marketing/docs/errors/'

/** The whole of it, as it comes back to the client. */
export function replyOf(error: DocumentedError): Reply & { readonly kind: 'answer' } {
  const { status, page, title, detail, errors, type = TYPE } = error
  const told = { title, status, detail: (detail ?? '').replaceAll('{e}', 'ada@acme.test'), instance: 'c0ffee', errors }
  const body = type === 'akamai_error_message' ? { title, status, ref_no: 'Reference Number: 18.7' } : told
  const json: unknown = JSON.parse(JSON.stringify(type === 'none' ? body : { type, ...body }))
  return {
    kind: 'answer',
    status,
    json: page === undefined ? json : undefined,
    retryAfter: undefined,
    requestId: undefined,
  }
}
