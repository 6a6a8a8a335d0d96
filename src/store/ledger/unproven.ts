import { type Reason } from '../../domain/reason.ts'
import { type Sql } from '../engine/database.ts'
import { jsonColumn } from '../engine/json-column.ts'
import { jsonRows } from '../engine/json-rows.ts'

/** A contact whose fields at Mailchimp are uncertain: a late request was not put right in time (R22). */
export type Unproven = {
  readonly id: string
  readonly at: number
  readonly integrationId: string
  readonly integrationName: string | undefined
  readonly dataCentre: string
  readonly audienceId: string
  readonly person: string
  /** The name under which Mailchimp has the contact: its hash, or its id; undefined when that is not known. */
  readonly contact: string | undefined
  readonly tags: readonly string[]
  /** Why it was not put right. */
  readonly reason: Reason | undefined
}

const TAGS = jsonColumn<readonly string[]>()

const COLUMNS = {
  id: 'text',
  at: 'bigint',
  integration_id: 'text',
  integration_name: 'text',
  data_centre: 'text',
  audience_id: 'text',
  person: 'text',
  contact: 'text',
  tags: 'text',
  reason: 'text',
} as const

const NAMES = Object.keys(COLUMNS).join(', ')

type Row = {
  id: string
  at: number
  integration_id: string
  integration_name: string | null
  data_centre: string
  audience_id: string
  person: string
  contact: string | null
  tags: string
  reason: Reason | null
}

export const insertUnproven = (tx: Sql, unproven: readonly Unproven[]) =>
  tx.query(`insert into unproven (${NAMES}) select ${NAMES} from ${jsonRows(tx.dialect, '$1', COLUMNS)}`, [
    JSON.stringify(
      unproven.map(({ integrationId, integrationName, dataCentre, audienceId, contact, tags, reason, ...same }) => ({
        ...same,
        integration_id: integrationId,
        integration_name: integrationName ?? null,
        data_centre: dataCentre,
        audience_id: audienceId,
        contact: contact ?? null,
        tags: TAGS.write(tags),
        reason: reason ?? null,
      })),
    ),
  ])

/** The newest first. */
export async function listUnproven(
  sql: Sql,
  { before, limit }: { before: string; limit: number },
): Promise<Unproven[]> {
  const rows = await sql.query<Row>(
    `select ${NAMES} from unproven where ($1 = '' or id < $1) order by id desc limit $2`,
    [before, limit],
  )
  return rows.map(row => ({
    id: row.id,
    at: row.at,
    integrationId: row.integration_id,
    integrationName: row.integration_name ?? undefined,
    dataCentre: row.data_centre,
    audienceId: row.audience_id,
    person: row.person,
    contact: row.contact ?? undefined,
    tags: TAGS.read(row.tags),
    reason: row.reason ?? undefined,
  }))
}
