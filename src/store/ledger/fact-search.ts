import { type FactType } from '../../domain/fact.ts'
import { type Sql } from '../engine/database.ts'
import {
  factsFor,
  isInTime,
  LISTED,
  listedIn,
  listFacts,
  NEWEST_FIRST,
  paramsOf,
  type FactFilter,
  type ListedFact,
  type ListedRow,
} from './fact-list.ts'
import { jsonItems } from '../engine/json-rows.ts'

/** How an attempt ended: the status of Mailchimp's answer, and the reason. */
type AttemptEnd = { readonly status?: number | 'none' | undefined; readonly reason?: string | undefined }

export type FactSearch = FactFilter & {
  readonly type?: FactType | undefined
  /** One of the attempts that carried the fact ended so. */
  readonly ended?: AttemptEnd | undefined
}

type FoundFacts = {
  readonly facts: readonly ListedFact[]
  /** The last fact that was looked at, when there are more behind it. */
  readonly lookedTo: string | undefined
}

export type Bounds = { readonly byType: number; readonly byAttempt: number; readonly few: number }

/**
 * What one page may cost, in facts looked at: by type each by itself, by attempt with all attempts of
 * its person. If no more attempts than `few` ended so, all facts that they carried are looked up instead.
 */
const BOUNDS: Bounds = { byType: 50_000, byAttempt: 2_000, few: 5_000 }

/**
 * Facts as `listFacts` gives them, and of those only what matches. No index knows how the attempts of a fact ended, so
 * a search ends after a stretch of facts, with what it found there: a page costs the same however little matches.
 */
export async function searchFacts(sql: Sql, search: FactSearch, { few, ...stretch } = BOUNDS): Promise<FoundFacts> {
  const { type, ended } = search
  if (type === undefined && ended === undefined) return whole(await listFacts(sql, search))
  if (ended !== undefined && (await areAtMost(sql, few, ended))) return whole(await carriedByFew(sql, search, ended))
  const end = await endOfStretch(sql, search, ended === undefined ? stretch.byType : stretch.byAttempt)
  return { facts: await matchesUntil(sql, search, end), lookedTo: end?.id }
}

const whole = (facts: readonly ListedFact[]): FoundFacts => ({ facts, lookedTo: undefined })

/** Attempts that went well are many, and stand in no index of how attempts ended. */
const wentWell = ({ status, reason }: AttemptEnd): boolean =>
  reason === undefined && status !== 'none' && (status === undefined || status < 300)

const endedParams = ({ status, reason }: AttemptEnd): readonly [number, string] => [
  typeof status === 'number' ? status : 0,
  reason ?? '',
]

/** The attempt `a` ended so, by the indexes of how attempts ended; the parameters of these numbers are `endedParams`. */
const endedSo = ({ status, reason }: AttemptEnd, [statusParam, reasonParam]: readonly [string, string]): string =>
  [
    'a.reason is not null',
    typeof status === 'number' ? `a.status = ${statusParam}` : `${statusParam} = 0`,
    ...(status === 'none' ? ['a.status is null'] : []),
    reason === undefined ? `${reasonParam} = ''` : `a.reason = ${reasonParam}`,
  ].join(' and ')

async function areAtMost(sql: Sql, few: number, ended: AttemptEnd): Promise<boolean> {
  if (wentWell(ended)) return false
  const [counted] = await sql.query<{ n: number }>(
    `select count(*) as n from (select 1 from attempt a where ${endedSo(ended, ['$1', '$2'])} limit ${few + 1}) as first`,
    endedParams(ended),
  )
  return (counted?.n ?? 0) <= few
}

const isOfType = `($7 = '' or f.family || '.' || f.kind = $7)`

// `cross join` tells SQLite to begin with the few attempts, not with all facts in their order.
async function carriedByFew(sql: Sql, search: FactSearch, ended: AttemptEnd): Promise<ListedFact[]> {
  const rows = await sql.query<ListedRow>(
    `select ${LISTED}
       from (select distinct c.value ->> 'fact_id' as fact_id
               from attempt a cross join ${jsonItems(sql.dialect, 'a.carried')} as c
              where ${endedSo(ended, ['$8', '$9'])}) as r cross join fact f
      where f.id = r.fact_id and ($1 = '' or f.source_id = $1) and ($2 = '' or f.person = $2)
        and ${isInTime(search)} and ${isOfType} ${NEWEST_FIRST} limit $6`,
    [...paramsOf(search), search.type ?? '', ...endedParams(ended)],
  )
  return rows.map(listedIn)
}

type End = { readonly id: string; readonly received_at: number }

/** The last fact of the stretch; undefined when there are fewer. */
async function endOfStretch(sql: Sql, search: FactSearch, size: number): Promise<End | undefined> {
  const [end] = await sql.query<End>(
    `select f.id, f.received_at from ${factsFor(search)} and ${isInTime(search)} ${NEWEST_FIRST} limit 1 offset $6`,
    paramsOf({ ...search, limit: size - 1 }),
  )
  return end
}

/** What matches down to the end of the stretch. */
async function matchesUntil(sql: Sql, search: FactSearch, end: End | undefined): Promise<ListedFact[]> {
  const { type, ended } = search
  const looked = `${factsFor(search)} and ${isInTime(search)} and (f.received_at > $3 or f.id >= $8) and ${isOfType}`
  const isCarried = ended && `and f.id in (${carriedFrom(sql.dialect, looked, ended)})`
  const rows = await sql.query<ListedRow>(
    `select ${LISTED} from ${looked} ${isCarried ?? ''} ${NEWEST_FIRST} limit $6`,
    [
      ...paramsOf({ ...search, from: end?.received_at ?? search.from }),
      type ?? '',
      end?.id ?? '',
      ...(ended ? endedParams(ended) : []),
    ],
  )
  return rows.map(listedIn)
}

// By person and not by fact: a person with very many facts is looked up once. `coalesce` keeps SQLite from
// reading all attempts that ended so, of all persons.
/** The ids of the facts that the attempts carried which ended so, of all persons of these facts. */
const carriedFrom = (dialect: Sql['dialect'], facts: string, { status, reason }: AttemptEnd): string =>
  `select c.value ->> 'fact_id'
     from (select distinct f.source_id, f.person from ${facts} and f.person is not null) as p
     cross join integration i cross join attempt a cross join ${jsonItems(dialect, 'a.carried')} as c
    where i.source_id = p.source_id and a.integration_id = i.id and a.person = p.person and a.finished_at is not null
      and ${status === undefined ? '$9 = 0' : 'coalesce(a.status, 0) = $9'}
      and ${reason === undefined ? `$10 = ''` : `coalesce(a.reason, '') = $10`}`
