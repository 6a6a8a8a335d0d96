export type StoreFailure = 'unavailable' | 'doubtful' | 'conflict'

export class StoreError extends Error {
  override readonly name = 'StoreError'
  readonly failure: StoreFailure | undefined

  constructor(message: string, { failure, cause }: { failure?: StoreFailure | undefined; cause?: unknown } = {}) {
    super(message, { cause })
    this.failure = failure
  }
}

/**
 * What a caller may do about an error of the store: `unavailable` promises that nothing was changed and that trying
 * later can help (disk full, connection lost, statement timeout, deadlock), `doubtful` that trying later can help and
 * that the change may be there already (the answer to its commit was lost), `conflict` that a unique key was taken.
 * Everything else is a bug.
 */
export function storeFailure(error: unknown): StoreFailure | undefined {
  return error instanceof StoreError ? error.failure : undefined
}

/** The store may answer another time. */
export function isPassing(error: unknown): boolean {
  const failure = storeFailure(error)
  return failure === 'unavailable' || failure === 'doubtful'
}

/** The store read a page that is not what it once wrote; it does not mend by itself. */
export function isDamage(error: unknown): boolean {
  if (!(error instanceof StoreError) || !(error.cause instanceof Error) || !('resultCode' in error.cause)) return false
  // The lowest byte is the kind of failure: 11 is corrupt, 26 is not a database.
  return typeof error.cause.resultCode === 'number' && [11, 26].includes(error.cause.resultCode & 0xff)
}

/** Names the statement by its first 80 characters; parameters never enter a message, they are people's data. */
export function nameOf(text: string): string {
  return text.trim().replaceAll(/\s+/g, ' ').slice(0, 80)
}
