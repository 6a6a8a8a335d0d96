import { type Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { extract, type Header } from 'tar-stream'
import { fieldOf } from './answer.ts'
import { elementsOf } from './json-array.ts'

export type OperationResult = { readonly operationId: string; readonly status: number; readonly response: string }

/** The archive is not what Mailchimp promises, or does not end. Says nothing of what is in it. */
export class BrokenArchive extends Error {
  override readonly name = 'BrokenArchive'
}

export type Limits = {
  /** All files together, unpacked. */
  readonly total: number
  readonly file: number
  /** One entry of a file. */
  readonly result: number
}

const MIB = 1024 * 1024
/** A result is at most an answer of the API, twice as long as text inside JSON; 5,000 usual ones are 20 MiB. */
const LIMITS: Limits = { total: 512 * MIB, file: 256 * MIB, result: 4 * MIB }

/**
 * The results in a tar.gz of JSON files, as they come: never more than one of them is in memory, and nothing is
 * written to disk, so the names of the files mean nothing. Throws `BrokenArchive` for any fault in it.
 */
export async function* resultsIn(packed: Readable, limits: Limits = LIMITS): AsyncGenerator<OperationResult> {
  const archive = extract()
  const unpacked = pipeline(packed, createGunzip(), upTo(limits.total), archive)
  // What goes wrong in there is thrown by the loop below or after it, where it is waited for.
  unpacked.catch(() => undefined)
  try {
    for await (const file of archive) {
      if (isFolder(file.header, limits)) file.resume()
      else yield* resultsInFile(file as AsyncIterable<Uint8Array>, limits)
    }
    await unpacked
  } catch (error) {
    throw brokenBy(error)
  } finally {
    packed.destroy()
  }
}

async function* resultsInFile(file: AsyncIterable<Uint8Array>, limits: Limits): AsyncGenerator<OperationResult> {
  for await (const element of elementsOf(file, limits.result)) yield resultIn(element)
}

function isFolder({ type, size }: Header, limits: Limits): boolean {
  if (type === 'directory') return true
  if (size > limits.file) throw new BrokenArchive(`a file is larger than ${limits.file} bytes`)
  return false
}

function resultIn(element: unknown): OperationResult {
  const status = fieldOf(element, 'status_code')
  const operationId = fieldOf(element, 'operation_id')
  const response = fieldOf(element, 'response')
  const isWhole = typeof operationId === 'string' && typeof response === 'string'
  if (!isWhole || typeof status !== 'number' || !Number.isInteger(status) || status < 100 || status > 599)
    throw new BrokenArchive('an entry of a file is no result')
  return { operationId, status, response }
}

/** Passes on a bounded number of bytes: a kilobyte of gzip can hold a megabyte of nothing. */
function upTo(most: number): Transform {
  let size = 0
  return new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      size += chunk.byteLength
      if (size > most) done(new BrokenArchive(`it is larger than ${most} bytes`))
      else done(null, chunk)
    },
  })
}

/** What a time-out or a lost connection broke stays that; the reader's own errors are about the archive. */
function brokenBy(error: unknown): unknown {
  if (error instanceof BrokenArchive || !(error instanceof Error) || error.name === 'TimeoutError') return error
  return new BrokenArchive(error.message, { cause: error })
}
