import { request as ask, type IncomingMessage } from 'node:http'
import { request as askSecurely } from 'node:https'
import { MINUTE, SECOND } from '../domain/instant.ts'
import { realAfter, type After } from './client.ts'

export type Opened = { readonly status: number; readonly body: IncomingMessage }

/**
 * Asks for what is at an address, with no header that would tell the host who we are, and follows no redirect.
 * Rejects when there is no answer; what comes of the body breaks off with a `TimeoutError` when its time is over, or
 * when the service stops: it can be read again.
 */
export type Download = (address: URL, stopping?: AbortSignal) => Promise<Opened>

export type DownloadOptions = {
  /** For the whole answer, last byte included. */
  readonly timeoutMs?: number
  readonly after?: After
}

const CONNECT_TIMEOUT = 5 * SECOND
const ANSWER_TIMEOUT = 2 * MINUTE

/**
 * Apart from the client of the API: other hosts, no key, and none of the connections that Mailchimp counts. Not by
 * undici 7, where a host that closes while we are slow to read ends the process (github.com/nodejs/undici/issues/5360).
 */
export const createDownload =
  ({ timeoutMs = ANSWER_TIMEOUT, after = realAfter }: DownloadOptions = {}): Download =>
  (address, stopping) =>
    new Promise((resolve, reject) => {
      const asked = (address.protocol === 'https:' ? askSecurely : ask)(address, { agent: false })
      let open: { destroy(error: Error): unknown } = asked
      const tooLate = () => open.destroy(new DOMException('not in time', 'TimeoutError'))
      const callOff = after(timeoutMs, tooLate)
      const stopWaiting = () => {
        callOff()
        stopping?.removeEventListener('abort', tooLate)
      }
      if (stopping?.aborted) tooLate()
      stopping?.addEventListener('abort', tooLate)
      const stopConnecting = after(CONNECT_TIMEOUT, tooLate)
      asked.once('socket', socket =>
        socket.once(address.protocol === 'https:' ? 'secureConnect' : 'connect', stopConnecting),
      )
      asked.once('response', body => {
        open = body.once('close', stopWaiting)
        resolve({ status: body.statusCode ?? 0, body })
      })
      asked.on('error', error => {
        stopWaiting()
        stopConnecting()
        reject(error)
      })
      asked.end()
    })

// A name in letters: the parser ends an IP address in a digit or a bracket, in every way of writing it.
const NAMED_HOST = /^(?:[a-z0-9-]+\.)+[a-z]{2,63}$/

/**
 * The address, if it is one to open: HTTPS on its own port of a named host, or wherever the API itself is (a
 * simulator on loopback). It came in an answer, so it must not lead us to what only we can reach: TLS sees to it
 * that a public name that points inside finds no server with its certificate there.
 */
export function resultsAddress(text: string, origin: string): URL | undefined {
  const address = URL.canParse(text) ? new URL(text) : undefined
  if (!address || address.username !== '' || address.password !== '') return undefined
  if (address.origin === new URL(origin).origin) return address
  const isPublic = address.protocol === 'https:' && address.port === '' && NAMED_HOST.test(address.hostname)
  return isPublic ? address : undefined
}
