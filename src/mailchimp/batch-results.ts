import { type Retry } from '../domain/outcome.ts'
import { textOf } from './answer.ts'
import { BrokenArchive, resultsIn, type OperationResult } from './batch-archive.ts'
import { type Reply } from './client.ts'
import { type Download, type Opened, resultsAddress } from './download.ts'

type Results<T> =
  | { readonly kind: 'read'; readonly value: ReadonlyMap<string, T> }
  /** The address has died: reading the batch gives a new one. */
  | { readonly kind: 'expired' }
  | Retry

type ResultsPlace = {
  /** `resultsUrl` of a batch. */
  readonly url: string
  /** Of the API, which may serve results itself. */
  readonly origin: string
  /** The service stops, and does not wait for them. */
  readonly stopping?: AbortSignal
}

/**
 * R28: what `read` makes of every operation's reply, by the id of the operation; undefined leaves it out, as it
 * should for ids that are not ours. All of them or none: a fault in one is trouble with the whole, to be
 * tried again. When an id comes twice, the first counts.
 */
export async function readResults<T>(
  download: Download,
  { url, origin, stopping }: ResultsPlace,
  read: (operationId: string, reply: Reply) => T | undefined,
): Promise<Results<T>> {
  const address = resultsAddress(url, origin)
  if (!address) return trouble('answer_unreadable', 'the address of the results is not one that may be opened')
  const opened = await open(download, address, stopping)
  if ('kind' in opened) return opened
  if (opened.status !== 200) return refusalOf(opened)
  const value = new Map<string, T>()
  try {
    for await (const result of resultsIn(opened.body)) {
      const made = value.has(result.operationId) ? undefined : read(result.operationId, replyIn(result))
      if (made !== undefined) value.set(result.operationId, made)
    }
  } catch (error) {
    if (error instanceof BrokenArchive) return trouble('answer_unreadable', `the results: ${error.message}`)
    if (isTimeOut(error)) return trouble('timed_out', 'the results did not arrive in time')
    throw error
  }
  return { kind: 'read', value }
}

async function open(download: Download, address: URL, stopping?: AbortSignal): Promise<Opened | Retry> {
  try {
    return await download(address, stopping)
  } catch (error) {
    if (isTimeOut(error)) return trouble('timed_out', 'the results did not arrive in time')
    // The host, and no more of the address: it opens without a key.
    return trouble('connection_failed', `the results are at ${address.host}, which does not answer`)
  }
}

/**
 * Storage services refuse an address that has expired with 400 (Google's `ExpiredToken`) or 403, and one whose
 * object is gone with 404: a new address is the remedy for each, and for any other refusal the only one there is.
 */
function refusalOf({ status, body }: Opened): { readonly kind: 'expired' } | Retry {
  body.destroy()
  if (status >= 400 && status < 500 && status !== 408 && status !== 429) return { kind: 'expired' }
  return trouble('answer_unreadable', `HTTP ${status} where the results should be`)
}

const replyIn = ({ status, response }: OperationResult): Reply => {
  const json = parsed(response)
  return { kind: 'answer', status, json, retryAfter: undefined, requestId: textOf(json, 'instance') || undefined }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const isTimeOut = (error: unknown): boolean => error instanceof Error && error.name === 'TimeoutError'

/** Reading changes nothing at Mailchimp and takes none of its connections, so it is neither ambiguous nor throttled. */
const trouble = (cause: Retry['cause'], detail: string): Retry => ({
  kind: 'retry',
  cause,
  detail,
  ambiguous: false,
  throttled: false,
  waitMs: undefined,
})
