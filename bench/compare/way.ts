import { type Said } from './feed.ts'
import { type Target } from './target.ts'

type Task = { readonly target: Target; readonly feed: readonly Said[] }

/** Delivers the whole feed as it arrives, and returns when it began (milliseconds of the epoch). */
export type Way = (task: Task) => Promise<number>
