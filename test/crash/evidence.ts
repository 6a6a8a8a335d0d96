import { type LoggedRequest } from '../../simulator/request-log.ts'
import { contactHash, type Letter } from './crowd.ts'
import { type Life } from './kills.ts'
import { type Acknowledged } from './relay.ts'

export const writesIn = (requests: readonly LoggedRequest[]): LoggedRequest[] =>
  requests.filter(({ method }) => method !== 'GET')

/**
 * I4: pairs of requests of one process that were at the same contact together. A request without an answer lasts
 * until its process was killed; what arrives between a kill and the next start still comes from the one that died.
 */
export function overlapsIn(requests: readonly LoggedRequest[], lives: readonly Life[]): LoggedRequest[][] {
  const lanes = groupBy(writesIn(requests), ({ path, arrived_at }) => `${lifeAt(lives, arrived_at)} ${path}`)
  return [...lanes.values()].flatMap(lane =>
    lane.flatMap((request, index) => {
      const next = lane[index + 1]
      return next && (request.answered_at ?? Infinity) > next.arrived_at ? [[request, next]] : []
    }),
  )
}

const lifeAt = (lives: readonly Life[], time: number): number => lives.findLastIndex(({ from }) => from <= time)

/**
 * I5: writes that grant although a newer denial was acknowledged in good time. The first write of a field that
 * arrives after the acknowledgement may have been decided before it; the one after that may not.
 */
export function staleGrantsIn(
  requests: readonly LoggedRequest[],
  { letters, acknowledged }: { readonly letters: readonly Letter[]; readonly acknowledged: readonly Acknowledged[] },
): LoggedRequest[] {
  const spoken = groupBy(letters, ({ who }) => contactHash(who))
  const heard = groupBy(acknowledged, ({ letter }) => contactHash(letter.who))
  const fields = groupBy(writesIn(requests), write => `${contactIn(write)} ${tagIn(write)}`)
  return [...fields.values()].flatMap(writes =>
    writes.filter((write, index) => {
      const before = writes[index - 1]
      if (!before || !grantsIn(write)) return false
      const contact = contactIn(write)
      const denials = (heard.get(contact) ?? []).filter(({ letter, at }) => !letter.grants && at < before.arrived_at)
      const newestDenial = Math.max(-1, ...denials.map(({ letter }) => letter.minute))
      return !(spoken.get(contact) ?? []).some(({ grants, minute }) => grants && minute > newestDenial)
    }),
  )
}

/** I6: how many more requests than recorded attempts each contact has seen. */
export function unrecordedIn(requests: readonly LoggedRequest[], attempts: readonly { path: string }[]): string[] {
  const recorded = groupBy(attempts, ({ path }) => `/3.0${path}`)
  return [...groupBy(writesIn(requests), ({ path }) => path)].flatMap(([path, writes]) =>
    writes.length > (recorded.get(path)?.length ?? 0) ? [path] : [],
  )
}

const contactIn = ({ path }: LoggedRequest): string => /\/members\/([^?]+)/.exec(path)?.[1] ?? path
const tagIn = ({ body }: LoggedRequest): string => /"merge_fields":\{"(\w+)"/.exec(JSON.stringify(body))?.[1] ?? ''
const grantsIn = ({ body }: LoggedRequest): boolean => JSON.stringify(body).includes('"true"')

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item])
  return groups
}
