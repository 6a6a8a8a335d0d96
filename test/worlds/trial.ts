import { type Finding, type Wrong } from '../oracle/quiescence.ts'
import { storyOf } from './generate.ts'
import { type Kind } from './kinds.ts'
import { reportOf } from './report.ts'
import { run } from './run.ts'
import { shrunk } from './shrink.ts'
import { type Story } from './story.ts'

type Trial = {
  readonly seed: number
  readonly kinds: readonly Kind[]
  /** A fresh store for each try, where it is not the embedded one. */
  readonly store?: () => Promise<{ url: string; close(): Promise<void> }>
}

type Ended = Finding & { readonly ended: number }
type End = { readonly wrongs: readonly Wrong[]; readonly thrown: string | undefined; readonly finding?: Ended }

/** In the world of this seed, what we wrote last is what all facts give; else its smallest story is thrown. */
export async function endsRight({ seed, kinds, store }: Trial): Promise<Ended> {
  const story = storyOf(seed, kinds)
  const ends = async (each: Story): Promise<End> => {
    const database = await store?.()
    try {
      const finding = await run(each, database?.url)
      return { wrongs: finding.wrongs, thrown: undefined, finding }
    } catch (error) {
      return { wrongs: [], thrown: String(error instanceof Error ? error.stack : error) }
    } finally {
      await database?.close()
    }
  }
  const end = await ends(story)
  if (end.finding && end.wrongs.length === 0) return end.finding
  const smallest = await shrunk(story, async each => isAlike(await ends(each), end))
  const { wrongs, thrown } = await ends(smallest)
  throw new Error(reportOf({ seed, on: kinds, smallest, wrongs, thrown }))
}

/** Shrinking stays with the failure that it began with: smaller stories may show another one, of another cause. */
const isAlike = (one: End, other: End): boolean =>
  other.thrown === undefined
    ? one.wrongs.some(wrong => kindOf(wrong) === kindOf(other.wrongs[0]))
    : one.thrown?.split('\n')[0] === other.thrown.split('\n')[0]

const kindOf = (wrong: Wrong | undefined): string =>
  JSON.stringify([wrong?.breaks, wrong?.because, wrong?.tag, wrong?.contact, wrong?.expected, wrong?.found])
