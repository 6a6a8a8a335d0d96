import { addressOf } from '../events.ts'
import { scheduled } from './arrivals.ts'
import { hashOf } from './contact.ts'
import { type Said } from './feed.ts'
import { byTime, judge, textOf, type Judgement, type Verdict } from './oracle.ts'
import { type LoggedWrite, type Target, type Written } from './target.ts'

export type Measures = Judgement & {
  readonly calls: number
  /** From the first event to the end of the last call. */
  readonly seconds: number
  /** 429s that were not injected. */
  readonly throttled: number
  readonly mostInFlight: number
  /** For each newest choice that had to be written: from its arrival until Mailchimp held it for the first time. */
  readonly times: readonly number[]
}

/** What became of the feed at Mailchimp. `begunAt` is when its first event arrived. */
export async function measure(target: Target, feed: readonly Said[], begunAt: number): Promise<Measures> {
  const [stats, contacts, log] = [await target.stats(), await target.contacts(), await target.requests()]
  const requests = log.filter(({ arrived_at }) => arrived_at >= begunAt)
  const right = byTime(feed)
  const ends = requests.map(({ arrived_at, answered_at }) => answered_at ?? arrived_at)
  return {
    ...judge(right, contacts),
    calls: requests.length,
    seconds: (ends.reduce((a, b) => Math.max(a, b)) - begunAt) / 1_000,
    throttled: stats.answers_429,
    mostInFlight: stats.max_in_flight,
    times: timesOf(right, arrivedAt(feed, begunAt), timelineOf(requests)),
  }
}

function arrivedAt(feed: readonly Said[], begunAt: number): ReadonlyMap<number, number> {
  // Backwards, so that of a repeat the first arrival counts.
  return new Map(
    scheduled(feed, begunAt)
      .map(({ said, at }) => [said.id, at] as const)
      .toReversed(),
  )
}

type Change = { readonly at: number; readonly value: unknown }
/** What was written, by the hash of the address and the merge tag, in order of being applied. */
type Timeline = ReadonlyMap<string, readonly Change[]>

function timelineOf(requests: readonly LoggedWrite[]): Timeline {
  const timeline = new Map<string, Change[]>()
  for (const { body, applied_at: at } of requests) {
    if (at === null) continue
    for (const { email_address: address, merge_fields: fields } of membersOf(body)) {
      for (const [tag, value] of Object.entries(fields)) {
        const key = `${hashOf(address ?? '')} ${tag}`
        timeline.set(key, [...(timeline.get(key) ?? []), { at, value }])
      }
    }
  }
  for (const changes of timeline.values()) changes.sort((a, b) => a.at - b.at)
  return timeline
}

const membersOf = ({ members, email_address, merge_fields }: LoggedWrite['body']): readonly Written[] =>
  members ?? (email_address && merge_fields ? [{ email_address, merge_fields }] : [])

function timesOf(
  right: readonly Verdict[],
  arrivals: ReadonlyMap<number, number>,
  timeline: Timeline,
): readonly number[] {
  return right.flatMap(({ person, tag, said, granted }) => {
    const changes = timeline.get(`${hashOf(addressOf(person))} ${tag}`) ?? []
    const from = arrivals.get(said.id) ?? Infinity
    // Mailchimp may hold that value already, from an older choice.
    const held = changes.findLast(({ at }) => at < from)?.value
    const reached = changes.find(({ at, value }) => at >= from && value === textOf(granted))
    return held === textOf(granted) || !reached ? [] : [reached.at - from]
  })
}
