import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream'
import { batchBehind, resultsArchive } from './batch-results.ts'
import type { State } from './state.ts'

/** The results of a batch, as the storage service behind Mailchimp serves them: by address alone, no key asked. */
export function handleResultsRequest(state: State, request: IncomingMessage, response: ServerResponse): void {
  const batch = batchBehind(state, new URL(request.url ?? '/', 'http://simulator'))
  if (!batch) {
    response.writeHead(403, { 'content-type': 'application/xml' })
    response.end('<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>')
    return
  }
  response.writeHead(200, { 'content-type': 'application/gzip' })
  pipeline(resultsArchive(batch), response, () => undefined)
}
