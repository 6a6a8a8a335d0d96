import { type MergeField } from '../domain/merge-field.ts'
import { type Outcome } from '../domain/outcome.ts'
import { fieldOf, listOf, textOf } from './answer.ts'
import { classifyTrouble } from './classify.ts'
import { type Client, type Reply } from './client.ts'

export type Trouble = Exclude<Outcome, { kind: 'delivered' | 'skipped' }>
export type Read<T> = { readonly kind: 'read'; readonly value: T } | Trouble

/** Mailchimp's largest page; its default of 10 hides most merge fields. */
const PAGE = 1_000
const MOST_PAGES = 10

/** An answer without the list is no proof that every merge tag is gone. */
const NO_LIST: Reply = {
  kind: 'failure',
  cause: 'answer_unreadable',
  detail: 'a 200 answer without merge_fields',
  maybeSeen: false,
}

/** All merge fields of an audience, whatever their number. A 404 means that the audience is missing. */
export async function readMergeFields(client: Client, audienceId: string, now: number): Promise<Read<MergeField[]>> {
  const fields: MergeField[] = []
  for (let page = 0; page < MOST_PAGES; page++) {
    const query = `count=${PAGE}&offset=${fields.length}&fields=merge_fields.tag,merge_fields.name,merge_fields.type,merge_fields.options,total_items`
    const read = await readJson(client, `/lists/${encodeURIComponent(audienceId)}/merge-fields?${query}`, now)
    if (read.kind !== 'read') return read
    if (!Array.isArray(fieldOf(read.value, 'merge_fields'))) return classifyTrouble(NO_LIST, now)
    const batch = listOf(read.value, 'merge_fields').map(mergeFieldIn)
    fields.push(...batch)
    const total = fieldOf(read.value, 'total_items')
    if (batch.length === 0 || typeof total !== 'number' || fields.length >= total) break
  }
  return { kind: 'read', value: fields }
}

const mergeFieldIn = (json: unknown): MergeField => ({
  tag: textOf(json, 'tag'),
  name: textOf(json, 'name'),
  type: textOf(json, 'type'),
  choices: listOf(fieldOf(json, 'options'), 'choices').filter(choice => typeof choice === 'string'),
})

export type Account = { readonly name: string; readonly role: string }

/** Whose key it is, which also proves that Mailchimp accepts it. */
export async function readAccount(client: Client, now: number): Promise<Read<Account>> {
  const read = await readJson(client, '/?fields=account_name,role', now)
  if (read.kind !== 'read') return read
  return { kind: 'read', value: { name: textOf(read.value, 'account_name'), role: textOf(read.value, 'role') } }
}

/** Whether Mailchimp answers at all. */
export const ping = (client: Client, now: number): Promise<Read<unknown>> => readJson(client, '/ping', now)

export type AudienceSummary = { readonly id: string; readonly name: string }

export async function readAudience(client: Client, audienceId: string, now: number): Promise<Read<AudienceSummary>> {
  const read = await readJson(client, `/lists/${encodeURIComponent(audienceId)}?fields=id,name`, now)
  if (read.kind !== 'read') return read
  return { kind: 'read', value: { id: textOf(read.value, 'id'), name: textOf(read.value, 'name') } }
}

async function readJson(client: Client, path: string, now: number): Promise<Read<unknown>> {
  const reply = await client.send({ method: 'GET', path })
  if (reply.kind === 'answer' && reply.status === 200 && reply.json !== undefined)
    return { kind: 'read', value: reply.json }
  return classifyTrouble(reply, now)
}
