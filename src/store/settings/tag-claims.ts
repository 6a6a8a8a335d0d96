import { groupBy } from '../../domain/group.ts'
import { type Settings } from '../../domain/integration.ts'
import { claimedAs, type TakenTag } from '../../domain/taken-tag.ts'
import { type Sql } from '../engine/database.ts'
import { jsonColumn } from '../engine/json-column.ts'
import { jsonRows } from '../engine/json-rows.ts'

/** A merge tag of one audience, as `claimedAs` writes it. */
export type AudienceTag = { readonly dataCentre: string; readonly audienceId: string; readonly tag: string }

type Claimant = { readonly id: string; readonly settings: Pick<Settings, 'dataCentre' | 'audienceId' | 'mappings'> }

type TakenRow = { tag: string; owner_id: string; owner_settings: string }

const SETTINGS = jsonColumn<Settings>()
const NAMED = jsonColumn<Pick<Settings, 'name'>>()

const takenTagIn = ({ tag, owner_id: id, owner_settings: settings }: TakenRow): TakenTag => ({
  tag,
  owner: { id, name: NAMED.read(settings).name },
})

const TAG = { tag: 'text' } as const

const tagRows = (mappings: Settings['mappings']): string =>
  JSON.stringify(mappings.map(({ id }) => ({ tag: claimedAs(id) })))

/**
 * R16c: from here on this integration fills every tag of its mapping that no other one fills. Of two that claim a tag
 * at one time, the second waits until the first has it, or not.
 */
export const claimTags = (tx: Sql, { id, settings: { dataCentre, audienceId, mappings } }: Claimant) =>
  tx.query(
    // In the order of the tags, so that two integrations that claim several do not wait for each other.
    `insert into tag_claim (integration_id, tag, data_centre, audience_id, fills)
     select $1, r.tag, $2, $3, 1 from ${jsonRows(tx.dialect, '$4', TAG)} where true order by r.tag
     on conflict do nothing`,
    [id, dataCentre, audienceId, tagRows(mappings)],
  )

/** The tags of a mapping that an integration other than `id` fills. */
export async function tagsTakenFrom(
  sql: Sql,
  { id, settings: { dataCentre, audienceId, mappings } }: Claimant,
): Promise<TakenTag[]> {
  const rows = await sql.query<TakenRow>(
    `select c.tag, i.id as owner_id, i.settings as owner_settings from ${jsonRows(sql.dialect, '$4', TAG)}
       join tag_claim c on c.data_centre = $2 and c.audience_id = $3 and c.tag = r.tag and c.fills = 1
       join integration i on i.id = c.integration_id
      where c.integration_id <> $1 order by c.tag`,
    [id, dataCentre, audienceId, tagRows(mappings)],
  )
  return rows.map(takenTagIn)
}

/** The tags that enabled integrations map and others fill, by integration; those of one, or of all (`''`). */
export async function takenTags(sql: Sql, integrationId: string): Promise<ReadonlyMap<string, readonly TakenTag[]>> {
  const rows = await sql.query<TakenRow & { integration_id: string }>(
    `select w.integration_id, w.tag, i.id as owner_id, i.settings as owner_settings
       from tag_claim w
       join tag_claim o on o.data_centre = w.data_centre and o.audience_id = w.audience_id and o.tag = w.tag
        and o.fills = 1
       join integration i on i.id = o.integration_id
      where w.fills = 0 and ($1 = '' or w.integration_id = $1) order by w.integration_id, w.tag`,
    [integrationId],
  )
  const byIntegration = groupBy(rows, row => row.integration_id)
  return new Map([...byIntegration].map(([id, own]) => [id, own.map(takenTagIn)]))
}

type TagRow = { data_centre: string; audience_id: string; tag: string; fills: number }

/** Takes back every claim of an integration. Gives the tags that it filled. */
export async function dropClaims(tx: Sql, integrationId: string): Promise<AudienceTag[]> {
  const rows = await tx.query<TagRow>(
    'delete from tag_claim where integration_id = $1 returning data_centre, audience_id, tag, fills',
    [integrationId],
  )
  return rows.flatMap(({ data_centre: dataCentre, audience_id: audienceId, tag, fills }) =>
    fills === 1 ? [{ dataCentre, audienceId, tag }] : [],
  )
}

type Filler = { readonly tag: string; readonly id: string; readonly match: Settings['options']['match'] }

/** Which tags of an audience are filled by enabled integrations that read the source, and how those find a contact. */
export async function fillersOf(
  sql: Sql,
  { dataCentre, audienceId, sourceId }: Omit<AudienceTag, 'tag'> & { readonly sourceId: string },
): Promise<Filler[]> {
  const rows = await sql.query<{ tag: string; id: string; settings: string }>(
    `select c.tag, i.id, i.settings from tag_claim c join integration i on i.id = c.integration_id
      where c.data_centre = $1 and c.audience_id = $2 and c.fills = 1 and i.source_id = $3 and i.enabled = 1`,
    [dataCentre, audienceId, sourceId],
  )
  return rows.map(({ settings, ...filler }) => ({ ...filler, match: SETTINGS.read(settings).options.match }))
}

/** A tag that no integration fills any more is filled by the oldest integration that waits for it; gives its id. */
export async function passOn(tx: Sql, freed: AudienceTag): Promise<string | undefined> {
  const tag = [freed.dataCentre, freed.audienceId, freed.tag]
  for (;;) {
    const [heir] = await tx.query<{ id: string }>(
      `select i.id from tag_claim c join integration i on i.id = c.integration_id
        where c.data_centre = $1 and c.audience_id = $2 and c.tag = $3 and c.fills = 0
        order by i.created_at, i.id limit 1`,
      tag,
    )
    if (!heir) return undefined
    // None when another transaction took the claim back meanwhile; then the next one in line is asked.
    const taken = await tx.query(
      `update tag_claim set fills = 1
        where data_centre = $1 and audience_id = $2 and tag = $3 and integration_id = $4 and fills = 0 returning tag`,
      [...tag, heir.id],
    )
    if (taken.length > 0) return heir.id
  }
}

type SeenFields = {
  readonly integrationId: string
  /** Mailchimp's own ids of the merge fields, by tag. */
  readonly fieldIds: Readonly<Record<string, number>>
}

/**
 * R14: remembers which merge fields an integration fills. True when one of them was created again under its tag, and so
 * holds nothing of what it held.
 */
export async function noteFields(tx: Sql, { integrationId, fieldIds }: SeenFields): Promise<boolean> {
  const rows = Object.entries(fieldIds).map(([tag, id]) => ({ tag: claimedAs(tag), field_id: id }))
  const noted = await tx.query<{ was: number | null }>(
    `select c.field_id as was from tag_claim c join ${jsonRows(tx.dialect, '$2', { ...TAG, field_id: 'bigint' })}
         on r.tag = c.tag where c.integration_id = $1 and (c.field_id is null or c.field_id <> r.field_id)`,
    [integrationId, JSON.stringify(rows)],
  )
  if (noted.length === 0) return false
  await tx.query(
    `update tag_claim set field_id = r.field_id from ${jsonRows(tx.dialect, '$2', { ...TAG, field_id: 'bigint' })}
      where tag_claim.integration_id = $1 and tag_claim.tag = r.tag`,
    [integrationId, JSON.stringify(rows)],
  )
  return noted.some(({ was }) => was !== null)
}
