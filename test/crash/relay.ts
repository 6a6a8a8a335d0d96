import { Pool } from 'undici'
import { createSimulator, type Simulator } from '../../simulator/simulator.ts'
import { AUDIENCE, documentFor, type Stats } from '../world.ts'
import { apiOf, OWNER_TOKEN, until } from '../child.ts'
import { type Letter, type Person } from './crowd.ts'

const SENDERS = 20

/** Two integrations write to the same contacts, each its own field, so that they get in each other's way. */
export const TAGS = ['NEWS', 'MAIL'] as const

/** A Mailchimp with these people in it, slow enough that every kill finds requests on their way. */
export async function mailchimpWith(people: readonly Person[], seed: number): Promise<Simulator> {
  const simulator = await createSimulator({ latencyMs: [20, 60], seed })
  for (const tag of TAGS) simulator.control.addMergeField(AUDIENCE, { tag, type: 'text' })
  for (const { address, status } of people)
    if (status) simulator.control.addContact(AUDIENCE, { email_address: address, status })
  return simulator
}

export type Source = { readonly id: string; readonly token: string; readonly integrationIds: readonly string[] }

/** At a service that just started: the source that sends, and the integrations that it feeds. */
export async function connect(url: string): Promise<Source> {
  const api = apiOf(url)
  type Made = { id: string; authentication: { token: string } }
  const source = await api<Made>('POST', '/v1/sources', { name: 'a crowd', authentication: { type: 'bearer' } })
  const { id, authentication } = source.body
  const integrationIds: string[] = []
  for (const tag of TAGS) {
    const integration = await api<{ id: string }>('POST', '/v1/integrations', documentOf(id, tag))
    if (integration.status !== 201) throw new Error(`no integration: ${JSON.stringify(integration.body)}`)
    integrationIds.push(integration.body.id)
  }
  return { id, token: authentication.token, integrationIds }
}

export const documentOf = (sourceId: string, tag: string) =>
  documentFor(sourceId, { mappings: [{ id: tag, value: 'consents_purposes_newsletter_enabled' }] })

export type Acknowledged = { readonly letter: Letter; readonly at: number }

/** What is still to be sent, and what was answered 202. A letter without an answer goes back to the front. */
export type Post = {
  readonly queue: Letter[]
  readonly acknowledged: Acknowledged[]
  sent: number
}

export const postOf = (letters: readonly Letter[]): Post => ({ queue: [...letters], acknowledged: [], sent: 0 })

type Sending = {
  readonly url: string
  readonly source: Source
  /** Nothing new is sent once it is true. */
  readonly isOver: () => boolean
  readonly onAck: () => void
}

/** Sends like Didomi over many kept connections, until the queue is empty or it is over. */
export async function send(post: Post, { url, source, isOver, onAck }: Sending): Promise<void> {
  const pool = new Pool(url, { connections: SENDERS, pipelining: 1 })
  const sender = async (): Promise<void> => {
    while (!isOver()) {
      const letter = post.queue.shift()
      if (!letter) return
      post.sent++
      const status = await deliver(pool, source, letter)
      if (status === 202) {
        post.acknowledged.push({ letter, at: Date.now() })
        onAck()
      } else if (status === undefined || status === 503) post.queue.unshift(letter)
      else throw new Error(`the webhook answered ${status}`)
    }
  }
  await Promise.all(Array.from({ length: SENDERS }, sender))
  await pool.destroy()
}

async function deliver(pool: Pool, source: Source, letter: Letter): Promise<number | undefined> {
  try {
    const { statusCode, body } = await pool.request({
      method: 'POST',
      path: `/webhooks/didomi/${source.id}`,
      headers: { authorization: `Bearer ${source.token}`, 'content-type': 'application/json' },
      body: letter.body,
    })
    await body.dump()
    return statusCode
  } catch {
    return undefined
  }
}

/** Resolves when no debt waits or is being sent. */
export const settled = (url: string, token = OWNER_TOKEN): Promise<Stats> =>
  until('nothing is due', async () => {
    const { body } = await apiOf(url, token)<Stats>('GET', '/v1/stats')
    return body.deliveries.waiting + body.deliveries.sending === 0 ? body : undefined
  })
