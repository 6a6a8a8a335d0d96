import { expect } from 'vitest'
import { type Simulator } from '../../simulator/simulator.ts'
import { apiOf } from '../child.ts'
import { AUDIENCE } from '../world.ts'
import { newestOf, type Letter, type Person } from './crowd.ts'
import { overlapsIn, staleGrantsIn, unrecordedIn, writesIn } from './evidence.ts'
import { type Life, type Scene } from './kills.ts'
import { documentOf, postOf, send, settled, TAGS } from './relay.ts'

/** Everything that was sent at least once, and who said it. */
export type Said = { readonly people: readonly Person[]; readonly distinct: readonly Letter[] }

const SAMPLE = 12
const PAGE = 200
const ASSERTION = /^\{"merge_fields":\{"(NEWS|MAIL)":"(true|false)"\}\}$/

/** I1, I2, I7: every distinct letter was folded once, every other one is a duplicate, and every debt came to an end. */
export async function accountingIsExact(url: string, { post }: Scene, { people, distinct }: Said): Promise<void> {
  const { inbox, deliveries } = await settled(url)
  const { received, ...parts } = inbox
  expect(post.queue).toEqual([])
  expect(received).toBe(Object.values(parts).reduce((sum, part) => sum + part, 0))
  expect(parts).toMatchObject({ folded: distinct.length, evidence: 0, ignored: 0, anonymous: 0, quarantined: 0 })
  expect(received).toBeGreaterThanOrEqual(post.acknowledged.length)
  expect(received).toBeLessThanOrEqual(post.sent)
  expect(deliveries).toMatchObject({ waiting: 0, sending: 0, held: 0, dead: 0 })
  expect(deliveries.delivered + deliveries.skipped).toBe(people.length * TAGS.length)
}

type Contacts = ReturnType<Simulator['control']['contacts']>

/** I5, I10: each contact holds the newest choice and kept its status; nobody was added, no status was ever sent. */
export function mailchimpHoldsTheNewest({ simulator: { control } }: Scene, said: Said, before: Contacts): void {
  const newest = newestOf(said.distinct)
  const expected = before.map(({ email_address, status }) => {
    const choice = newest.get(email_address as string)
    return { email_address, status, choices: TAGS.map(() => String(choice)) }
  })
  const held = control.contacts(AUDIENCE).map(({ email_address, status, merge_fields }) => {
    const fields = merge_fields as Readonly<Record<string, string>>
    return { email_address, status, choices: TAGS.map(tag => fields[tag]) }
  })
  expect(held).toEqual(expected)
  const writes = writesIn(control.requests())
  expect(writes.filter(({ method }) => method !== 'PATCH')).toEqual([])
  expect(writes.filter(({ body }) => !ASSERTION.test(JSON.stringify(body)))).toEqual([])
  expect(control.stats().answers_429).toBe(0)
}

type Attempt = {
  readonly finished_at: string | null
  readonly outcome: string | null
  readonly reason: string | null
  readonly request: { readonly path: string }
}

/** I4, I5, I6, I8: attempts that were open at a kill are closed, and the requests at Mailchimp bear them out. */
export async function attemptsBearItOut(
  url: string,
  { simulator, post }: Scene,
  { lives, distinct }: { readonly lives: readonly Life[]; readonly distinct: readonly Letter[] },
): Promise<{ readonly interrupted: number }> {
  const attempts = await attemptsAt(url)
  const requests = simulator.control.requests()
  expect(attempts.filter(({ finished_at, outcome }) => finished_at === null || outcome === null)).toEqual([])
  expect(
    unrecordedIn(
      requests,
      attempts.map(({ request }) => request),
    ),
  ).toEqual([])
  expect(overlapsIn(requests, lives)).toEqual([])
  expect(staleGrantsIn(requests, { letters: distinct, acknowledged: post.acknowledged })).toEqual([])
  return { interrupted: attempts.filter(({ reason }) => reason === 'interrupted').length }
}

async function attemptsAt(url: string): Promise<Attempt[]> {
  type Page = { readonly data: readonly Attempt[]; readonly next_cursor: string | null }
  const attempts: Attempt[] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const page: Page = (await apiOf(url)<Page>('GET', `/v1/attempts?limit=${PAGE}&cursor=${cursor}`)).body
    attempts.push(...page.data)
    cursor = page.next_cursor
  }
  return attempts
}

type Known = {
  readonly sources: readonly {
    readonly facts: readonly { readonly entity_id: string }[]
    readonly choices: readonly { readonly answer: boolean }[]
  }[]
}

/** I1: what some people said can be read back, each of it once. */
export async function peopleAreKnown(url: string, { people, distinct }: Said): Promise<void> {
  const newest = newestOf(distinct)
  const everyNth = Math.ceil(people.length / SAMPLE)
  for (const { address } of people.filter((_, index) => index % everyNth === 0)) {
    const { body } = await apiOf(url)<Known>('GET', `/v1/people/${encodeURIComponent(address)}`)
    const ids = body.sources.flatMap(({ facts }) => facts.map(fact => fact.entity_id))
    expect(ids.sort()).toEqual(distinct.flatMap(({ who, id }) => (who === address ? [id] : [])).sort())
    expect(body.sources.flatMap(({ choices }) => choices.map(({ answer }) => answer))).toEqual([newest.get(address)])
  }
}

/** I2, I10: all letters once more, and everyone due once more, leave no trace at Mailchimp. */
export async function againChangesNothing(url: string, scene: Scene, letters: readonly Letter[]): Promise<void> {
  const { simulator, source } = scene
  const before = simulator.control.contacts(AUDIENCE)
  const { folded } = (await settled(url)).inbox
  const writes = writesIn(simulator.control.requests()).length
  for (const [index, id] of source.integrationIds.entries()) {
    const replaced = await apiOf(url)('PUT', `/v1/integrations/${id}`, documentOf(source.id, TAGS[index] ?? ''))
    expect(replaced.status).toBe(200)
  }
  await send(postOf(letters), { url, source, onAck: () => undefined, isOver: () => false })
  expect((await settled(url)).inbox.folded).toBe(folded)
  const again = writesIn(simulator.control.requests()).slice(writes)
  expect(again.filter(({ status }) => status !== 404)).toEqual([])
  expect(simulator.control.contacts(AUDIENCE)).toEqual(before)
}

type Ask = (sql: string) => Promise<readonly Readonly<Record<string, unknown>>[]>

/** I1, I6, I7: what the tables say once the service has gone. */
export async function storeIsWhole(ask: Ask, { distinct }: Said): Promise<void> {
  const count = async (what: string): Promise<number> =>
    Number((await ask(`select count(*) as n from ${what}`))[0]?.['n'])
  expect(await count('fact')).toBe(distinct.length)
  expect(await count('inbox')).toBe(distinct.length)
  expect(await count(`delivery where status in ('waiting', 'sending')`)).toBe(0)
  expect(await count('attempt where finished_at is null')).toBe(0)
}
