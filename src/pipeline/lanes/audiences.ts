import { MINUTE, SECOND } from '../../domain/instant.ts'
import { type Audience } from '../../domain/mapping.ts'
import { readMergeFields, type Trouble } from '../../mailchimp/audience.ts'
import { type Client } from '../../mailchimp/client.ts'

/** Merge fields change rarely, and a change made meanwhile shows in the next answer (R14). */
const FRESH_FOR = 10 * MINUTE
/** Even in doubt, an audience is not read again at every delivery. */
const READ_AGAIN_AFTER = 5 * SECOND

export type Seen = Audience & { readonly readAt: number }

/** What one credential knows of its audiences: read when first needed, read again when old or in doubt. */
export type Audiences = {
  /** What is known, however old; undefined when it was never read. */
  known(audienceId: string): Seen | undefined
  /** When what is known must be read again; the past when it was never read. */
  staleAt(audienceId: string): number
  /** Reads the merge fields now. Callers that ask together share one request. */
  read(audienceId: string, now: number): Promise<{ kind: 'read'; seen: Seen; changed: boolean } | Trouble>
  /** What is known is in doubt, and is read again in a moment. */
  doubt(audienceId: string): void
  isDoubted(audienceId: string): boolean
  /** What is known counts no more: the next delivery reads it first. */
  forget(audienceId: string): void
}

export function createAudiences(client: Client): Audiences {
  const known = new Map<string, Seen>()
  const doubted = new Set<string>()
  const reading = new Map<string, ReturnType<Audiences['read']>>()

  async function readNow(audienceId: string, now: number): ReturnType<Audiences['read']> {
    const read = await readMergeFields(client, audienceId, now)
    if (read.kind !== 'read') return read
    const before = known.get(audienceId)
    const seen = { fields: read.value, readAt: now }
    known.set(audienceId, seen)
    doubted.delete(audienceId)
    const changed = before !== undefined && JSON.stringify(before.fields) !== JSON.stringify(seen.fields)
    return { kind: 'read', seen, changed }
  }

  return {
    known: audienceId => known.get(audienceId),
    staleAt(audienceId) {
      const seen = known.get(audienceId)
      return seen ? seen.readAt + (doubted.has(audienceId) ? READ_AGAIN_AFTER : FRESH_FOR) : 0
    },
    read(audienceId, now) {
      const shared = reading.get(audienceId)
      if (shared) return shared
      const own = readNow(audienceId, now).finally(() => reading.delete(audienceId))
      reading.set(audienceId, own)
      return own
    },
    doubt: audienceId => doubted.add(audienceId),
    isDoubted: audienceId => doubted.has(audienceId),
    forget: audienceId => known.delete(audienceId),
  }
}
