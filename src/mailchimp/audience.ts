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

/** An answer without a list is no proof that everything in it is gone. */
const answerWithout = (part: string): Reply => ({
  kind: 'failure',
  cause: 'answer_unreadable',
  detail: `a 200 answer without ${part}`,
  maybeSeen: false,
})

/** All merge fields of an audience, on as many pages as there are. A 404 means that the audience is missing. */
export async function readMergeFields(client: Client, audienceId: string, now: number): Promise<Read<MergeField[]>> {
  const path = `/lists/${encodeURIComponent(audienceId)}/merge-fields`
  const read = await readList(
    client,
    { path, list: 'merge_fields', parts: ['merge_id', 'tag', 'name', 'type', 'options'] },
    now,
  )
  return read.kind === 'read' ? { kind: 'read', value: read.value.map(mergeFieldIn) } : read
}

type List = {
  readonly path: string
  readonly list: string
  readonly parts: readonly string[]
  /** What else is asked. */
  readonly query?: string
}

/** Every page of a collection, each item with no more than these parts of it. */
export async function readList(
  client: Client,
  { path, list, parts, query }: List,
  now: number,
): Promise<Read<unknown[]>> {
  const items: unknown[] = []
  const wanted = [...parts.map(part => `${list}.${part}`), 'total_items'].join()
  const rest = query === undefined ? '' : `&${query}`
  for (let page = 0; page < MOST_PAGES; page++) {
    const read = await readJson(client, `${path}?count=${PAGE}&offset=${items.length}&fields=${wanted}${rest}`, now)
    if (read.kind !== 'read') return read
    if (!Array.isArray(fieldOf(read.value, list))) return classifyTrouble(answerWithout(list), now)
    const batch = listOf(read.value, list)
    items.push(...batch)
    const total = fieldOf(read.value, 'total_items')
    if (batch.length === 0 || typeof total !== 'number' || items.length >= total) break
  }
  return { kind: 'read', value: items }
}

export const mergeFieldIn = (json: unknown): MergeField => ({
  tag: textOf(json, 'tag'),
  mergeId: numberOf(json, 'merge_id'),
  name: textOf(json, 'name'),
  type: textOf(json, 'type'),
  choices: listOf(fieldOf(json, 'options'), 'choices').filter(choice => typeof choice === 'string'),
  dateFormat: textOf(fieldOf(json, 'options'), 'date_format') || undefined,
  phoneFormat: textOf(fieldOf(json, 'options'), 'phone_format') || undefined,
})

function numberOf(json: unknown, name: string): number | undefined {
  const number = fieldOf(json, name)
  return typeof number === 'number' ? number : undefined
}

export type Account = {
  readonly name: string
  readonly role: string
  /** The key's user, whose keys share one limit of requests; undefined if Mailchimp does not say. */
  readonly user: string | undefined
}

const isObject = (json: unknown): boolean => typeof json === 'object' && json !== null && !Array.isArray(json)

/** Whose key it is, which also proves that Mailchimp accepts it. */
export async function readAccount(client: Client, now: number): Promise<Read<Account>> {
  const read = await readJson(client, '/?fields=account_name,role,account_id,login_id', now)
  if (read.kind !== 'read') return read
  if (!isObject(read.value)) return classifyTrouble(answerWithout('an account'), now)
  const [account, login] = [textOf(read.value, 'account_id'), textOf(read.value, 'login_id')]
  const [name, role] = [textOf(read.value, 'account_name'), textOf(read.value, 'role')]
  return {
    kind: 'read',
    value: { name, role, user: account === '' || login === '' ? undefined : `${account}/${login}` },
  }
}

/** Whether Mailchimp answers at all. */
export const ping = (client: Client, now: number): Promise<Read<unknown>> => readJson(client, '/ping', now)

/** Of an audience, what it is called and what it asks of new contacts. */
export type AudienceSummary = {
  readonly id: string
  readonly name: string
  readonly doubleOptIn: boolean
  readonly marketingPermissions: boolean
}

/** The parts of an audience that `audienceIn` reads. */
export const SUMMARY_PARTS = ['id', 'name', 'double_optin', 'marketing_permissions']

export const audienceIn = (json: unknown): AudienceSummary => ({
  id: textOf(json, 'id'),
  name: textOf(json, 'name'),
  doubleOptIn: fieldOf(json, 'double_optin') === true,
  marketingPermissions: fieldOf(json, 'marketing_permissions') === true,
})

export async function readAudience(client: Client, audienceId: string, now: number): Promise<Read<AudienceSummary>> {
  const path = `/lists/${encodeURIComponent(audienceId)}?fields=${SUMMARY_PARTS.join()}`
  const read = await readJson(client, path, now)
  return read.kind === 'read' ? { kind: 'read', value: audienceIn(read.value) } : read
}

export async function readJson(client: Client, path: string, now: number): Promise<Read<unknown>> {
  const reply = await client.send({ method: 'GET', path })
  if (reply.kind === 'answer' && reply.status === 200 && reply.json !== undefined)
    return { kind: 'read', value: reply.json }
  return classifyTrouble(reply, now)
}
