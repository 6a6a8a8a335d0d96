import { createGzip } from 'node:zlib'
import { type Pack, pack } from 'tar-stream'
import type { Batch } from './batch.ts'
import type { State } from './state.ts'

const RESULTS_PER_FILE = 500

/** The batch that a results address opens while its ten minutes last, or why it opens none. */
export function resultsBehind(state: State, url: URL): Batch | 'NoSuchKey' | 'SignatureDoesNotMatch' | 'ExpiredToken' {
  const id = /^\/batch-results\/(\w+)-response\.tar\.gz$/.exec(url.pathname)?.[1]
  const batch = state.batches.get(id ?? '')
  if (!batch) return 'NoSuchKey'
  const end = batch.tokens.get(url.searchParams.get('token') ?? '')
  if (end === undefined) return 'SignatureDoesNotMatch'
  return end > state.clock.now() ? batch : 'ExpiredToken'
}

/** The results as Mailchimp packs them: several JSON files in a tar, zipped. */
export function resultsArchive(batch: Batch): NodeJS.ReadableStream {
  const tar = pack()
  tar.entry({ name: `${batch.id}/`, type: 'directory' })
  void fill(tar, batch)
  return tar.pipe(createGzip())
}

async function fill(tar: Pack, batch: Batch): Promise<void> {
  // At least two files whenever there are two results, so that a reader of one file only is found out.
  const size = Math.min(RESULTS_PER_FILE, Math.ceil(batch.results.length / 2)) || 1
  for (let at = 0; at < batch.results.length; at += size) {
    const part = batch.results.slice(at, at + size).map(({ statusCode, operationId, response }) => {
      return { status_code: statusCode, operation_id: operationId, response }
    })
    await new Promise<void>((resolve, reject) => {
      const name = `${batch.id}/${at}.json`
      tar.entry({ name }, JSON.stringify(part), error => (error ? reject(error) : resolve()))
    })
  }
  tar.finalize()
}
