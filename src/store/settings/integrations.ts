import { type Settings } from '../../domain/integration.ts'
import { DEFAULT_OPTIONS } from '../../domain/options.ts'
import { type Hold } from '../../domain/hold.ts'
import { type Family } from '../../domain/fact.ts'
import { type Reason } from '../../domain/reason.ts'
import { type TakenTag } from '../../domain/taken-tag.ts'
import { type Sql } from '../engine/database.ts'
import { jsonColumn } from '../engine/json-column.ts'
import { storable } from '../engine/json-rows.ts'
import { takenTags } from './tag-claims.ts'

export type Integration = {
  readonly id: string
  readonly sourceId: string
  /** The family that its source folds; undefined until the first fact. */
  readonly feed: Family | undefined
  readonly credentialId: string
  readonly settings: Settings
  /** The tags of its mapping that another integration fills (R16c). */
  readonly taken: readonly TakenTag[]
  readonly paused: boolean
  readonly hold: Hold | undefined
  /** R22: it was removed, or its document replaced; it is gone by then, when it has asserted what may come late. */
  readonly leavesAt: number | undefined
  readonly createdAt: number
  readonly updatedAt: number
}

type HoldColumns = {
  hold_cause: Reason | null
  hold_detail: string | null
  held_at: number | null
  probe_at: number | null
  probes: number
}

type Row = HoldColumns & {
  id: string
  source_id: string
  feed: Family | null
  credential_id: string
  settings: string
  paused: number
  leaves_at: number | null
  created_at: number
  updated_at: number
}

const SELECT = `select i.id, i.source_id, s.feed, i.credential_id, i.settings, i.paused, i.hold_cause, i.hold_detail,
  i.held_at, i.probe_at, i.probes, i.leaves_at, i.created_at, i.updated_at
  from integration i join source s on s.id = i.source_id`

const SETTINGS = jsonColumn<Settings>()

/** Options that came later are not in rows that were written before. */
function settingsIn({ settings }: Row): Settings {
  const saved = SETTINGS.read(settings)
  return { ...saved, options: { ...DEFAULT_OPTIONS, ...saved.options } }
}

const integrationIn = (row: Row, taken: readonly TakenTag[] = []): Integration => ({
  id: row.id,
  sourceId: row.source_id,
  feed: row.feed ?? undefined,
  credentialId: row.credential_id,
  settings: settingsIn(row),
  taken,
  paused: row.paused === 1,
  hold: holdIn(row),
  leavesAt: row.leaves_at ?? undefined,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
})

const holdIn = (row: HoldColumns): Hold | undefined =>
  row.hold_cause === null
    ? undefined
    : {
        cause: row.hold_cause,
        detail: row.hold_detail ?? '',
        since: row.held_at ?? 0,
        probeAt: row.probe_at ?? 0,
        probes: row.probes,
      }

type SavedIntegration = Pick<Integration, 'id' | 'sourceId' | 'credentialId' | 'settings' | 'createdAt' | 'updatedAt'>

export const insertIntegration = (
  tx: Sql,
  { id, sourceId, credentialId, settings, createdAt, updatedAt }: SavedIntegration,
) =>
  tx.query(
    `insert into integration (id, source_id, credential_id, settings, enabled, created_at, updated_at)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [id, sourceId, credentialId, SETTINGS.write(settings), settings.enabled ? 1 : 0, createdAt, updatedAt],
  )

/** The integration as it is now is another one, at a later time than ever before. */
export const renewed = (at: string): string =>
  `updated_at = case when updated_at < ${at} then ${at} else updated_at + 1 end`

/** Replaces what the document says, at a later time than ever before; what holds it has to be found out again. */
export const updateIntegration = (tx: Sql, { id, credentialId, settings, updatedAt }: SavedIntegration) =>
  tx.query(
    `update integration set credential_id = $2, settings = $3, enabled = $4,
            ${renewed('$5')},
            hold_cause = null, hold_detail = null, held_at = null, probe_at = null, probes = 0
      where id = $1`,
    [id, credentialId, SETTINGS.write(settings), settings.enabled ? 1 : 0, updatedAt],
  )

export async function findIntegration(sql: Sql, id: string): Promise<Integration | undefined> {
  const [row] = await sql.query<Row>(`${SELECT} where i.id = $1`, [id])
  // Read after the row: a tag that is passed on in between changes `updated_at`, so nothing is taken for the old row.
  return row && integrationIn(row, (await takenTags(sql, id)).get(id))
}

export async function listIntegrations(
  sql: Sql,
  { sourceId = '', before = '', limit = 1_000_000 }: { sourceId?: string; before?: string; limit?: number } = {},
): Promise<Integration[]> {
  const rows = await sql.query<Row>(
    `${SELECT} where i.leaves_at is null and ($1 = '' or i.source_id = $1) and ($2 = '' or i.id < $2)
      order by i.id desc limit $3`,
    [sourceId, before, limit],
  )
  const taken = await takenTags(sql, '')
  return rows.map(row => integrationIn(row, taken.get(row.id)))
}

/** The integration, where it is as it was read, and stays so until the transaction ends (R30). */
export async function keptAsRead(
  tx: Sql,
  { id, updatedAt }: Pick<Integration, 'id' | 'updatedAt'>,
): Promise<{ readonly paused: boolean } | undefined> {
  const [row] = await tx.query<{ paused: number }>(
    `select paused from integration where id = $1 and updated_at = $2 ${tx.dialect === 'postgres' ? 'for share' : ''}`,
    [id, updatedAt],
  )
  return row && { paused: row.paused === 1 }
}

/** Those with something to send: all of them, and those that leave (R22). */
export async function listSending(sql: Sql): Promise<Integration[]> {
  const rows = await sql.query<Row>(`${SELECT} order by i.id desc`)
  const taken = await takenTags(sql, '')
  return rows.map(row => integrationIn(row, taken.get(row.id)))
}

/** The first enabled integration from this id on, by id. */
export async function nextEnabled(sql: Sql, { from }: { readonly from: string }): Promise<Integration | undefined> {
  const [row] = await sql.query<Row>(`${SELECT} where i.enabled = 1 and i.id >= $1 order by i.id limit 1`, [from])
  return row && integrationIn(row)
}

/** What was decided for the integration as it was is not wanted any more. */
export const renewIntegration = (tx: Sql, { id, at }: { readonly id: string; readonly at: number }) =>
  tx.query(`update integration set ${renewed('$2')} where id = $1`, [id, at])

export const setPaused = (tx: Sql, { id, paused }: { id: string; paused: boolean }) =>
  tx.query('update integration set paused = $2 where id = $1', [id, paused ? 1 : 0])

/** An integration without debts, facts or attempts of its own left can go; its evidence goes with it. */
export async function deleteIntegration(tx: Sql, id: string): Promise<void> {
  for (const table of ['attempt', 'delivery', 'naming']) {
    await tx.query(`delete from ${table} where integration_id = $1`, [id])
  }
  await tx.query('delete from integration where id = $1', [id])
}

export type Credential = {
  readonly id: string
  readonly dataCentre: string
  readonly sealedKey: Uint8Array
  /** Whose key it is, and when Mailchimp said so; undefined until it did (R24). */
  readonly user: SeenUser | undefined
  readonly hold: Hold | undefined
}

/** A Mailchimp user, as `GET /` names it. */
type SeenUser = { readonly name: string; readonly seenAt: number }

type CredentialRow = HoldColumns & {
  id: string
  data_centre: string
  sealed_key: Uint8Array
  mailchimp_user: string | null
  user_seen_at: number | null
}

/** Keeps one row per API key, for all its users. */
export const keepCredential = (tx: Sql, { id, dataCentre, sealedKey }: Omit<Credential, 'hold' | 'user'>) =>
  tx.query('insert into credential (id, data_centre, sealed_key) values ($1, $2, $3) on conflict (id) do nothing', [
    id,
    dataCentre,
    sealedKey,
  ])

/** Mailchimp said whose key it is. */
export const noteUser = (tx: Sql, { id, user: { name, seenAt } }: { readonly id: string; readonly user: SeenUser }) =>
  tx.query('update credential set mailchimp_user = $2, user_seen_at = $3 where id = $1', [id, storable(name), seenAt])

const CREDENTIAL = `select id, data_centre, sealed_key, mailchimp_user, user_seen_at, hold_cause, hold_detail, held_at,
  probe_at, probes from credential`

const credentialIn = (row: CredentialRow): Credential => ({
  id: row.id,
  dataCentre: row.data_centre,
  sealedKey: row.sealed_key,
  user: row.mailchimp_user === null ? undefined : { name: row.mailchimp_user, seenAt: row.user_seen_at ?? 0 },
  hold: holdIn(row),
})

export const listCredentials = async (sql: Sql): Promise<Credential[]> =>
  (await sql.query<CredentialRow>(`${CREDENTIAL} order by id`)).map(credentialIn)

/** Forgets API keys that no integration uses, and that are not needed to cancel what is still open at Mailchimp. */
export const deleteUnusedCredentials = (tx: Sql) =>
  tx.query(
    `delete from credential where not exists (select 1 from integration i where i.credential_id = credential.id)
        and not exists (select 1 from batch b where b.credential_id = credential.id and b.ended_at is null)`,
  )

export async function findCredential(sql: Sql, id: string): Promise<Credential | undefined> {
  const [row] = await sql.query<CredentialRow>(`${CREDENTIAL} where id = $1`, [id])
  return row && credentialIn(row)
}

export type HoldTarget = { readonly table: 'credential' | 'integration'; readonly id: string }

export const setHold = (tx: Sql, { table, id }: HoldTarget, hold: Hold | undefined) =>
  tx.query(
    `update ${table} set hold_cause = $2, hold_detail = $3, held_at = $4, probe_at = $5, probes = $6 where id = $1`,
    [
      id,
      hold?.cause ?? null,
      hold ? storable(hold.detail) : null,
      hold?.since ?? null,
      hold?.probeAt ?? null,
      hold?.probes ?? 0,
    ],
  )
