import { setTimeout as pause } from 'node:timers/promises'
import { addressOf } from '../events.ts'
import { callJson } from '../http.ts'
import { assertAccepted, openLines, steadily } from '../load.ts'
import { startProgram } from '../programs.ts'
import { withFolder } from '../relay.ts'
import { PURPOSES, type Said } from './feed.ts'
import { EVENTS_A_SECOND, scaled } from './scale.ts'
import { AUDIENCE, KEY } from './target.ts'
import { type Way } from './way.ts'

const OWNER = 'the-owner-token-of-the-comparison'
const LINES = 50
const WINDOW_SECONDS = 130
const GIVE_UP_MS = 180_000
const ASK_AGAIN_MS = 250

/**
 * Ours: the service in its own process, its default settings, one event a webhook. Only the window after an attempt of
 * unknown outcome (R22) is scaled; its other waits (5 s and more before a second retry, 15 s after a 429, a minute until
 * a connection is trusted again) are not, and so weigh as many times more as everything else is shortened.
 */
export const relayed: Way = ({ target, feed }) =>
  withFolder(async folder => {
    const service = await startProgram(['serve'], {
      CONSENT_RELAY_PORT: '0',
      CONSENT_RELAY_DATA: folder,
      CONSENT_RELAY_BOOTSTRAP_TOKEN: OWNER,
      CONSENT_RELAY_LOG_LEVEL: 'error',
      CONSENT_RELAY_MAILCHIMP_URL: target.url,
      CONSENT_RELAY_WINDOW_SECONDS: scaled(WINDOW_SECONDS).toFixed(3),
    })
    try {
      const source = await furnish(service.url)
      const lines = await openLines(service.url, source, LINES)
      const bodies = feed.map(said => () => bodyOf(said))
      const begunAt = await target.begin()
      assertAccepted(await steadily(lines, { bodies, perSecond: EVENTS_A_SECOND }))
      lines.forEach(line => line.close())
      await settled(service.url)
      return begunAt
    } finally {
      await service.stop()
    }
  })

type Made = { readonly id: string; readonly authentication: { readonly token: string } }

async function furnish(url: string) {
  const post = <R>(path: string, body: unknown) => callJson<R>(url + path, { method: 'POST', token: OWNER, body })
  const { id, authentication } = await post<Made>('/v1/sources', {
    name: 'compared',
    authentication: { type: 'bearer' },
  })
  const mappings = Object.entries(PURPOSES).map(([purpose, tag]) => ({
    id: tag,
    value: `consents_purposes_${purpose}_enabled`,
  }))
  await post('/v1/integrations', {
    source_id: id,
    type_id: 'mailchimp',
    authentication: { api_key: KEY, url: 'https://us6.admin.mailchimp.com/' },
    properties: { audience_id: AUDIENCE },
    mappings,
    upsert_mode: true,
  })
  return { webhookPath: `/webhooks/didomi/${id}`, token: authentication.token }
}

const purposesOf = ({ choices }: Said) =>
  Object.entries(PURPOSES).flatMap(([id, tag]) => (tag in choices ? [{ id, enabled: choices[tag] }] : []))

const bodyOf = (said: Said): string =>
  JSON.stringify({
    type: 'event.created',
    parameters: {
      entity: {
        id: `5f0c7a52-0000-4000-8000-${said.id.toString(16).padStart(12, '0')}`,
        organization_id: 'the-compared-organization',
        created_at: new Date(said.madeAt).toISOString(),
        status: 'confirmed',
        regulation: 'gdpr',
        user: { id: `device-of-person-${said.person}`, organization_user_id: addressOf(said.person), country: 'FR' },
        consents: {
          channels: [],
          purposes: purposesOf(said),
          vendors: { enabled: [], disabled: [], enabled_li: [], disabled_li: [] },
        },
      },
    },
  })

type Stats = { readonly deliveries: { readonly waiting: number; readonly sending: number } }

/** Nothing is due any more, retries and second assertions included. */
async function settled(url: string): Promise<void> {
  const until = Date.now() + GIVE_UP_MS
  for (;;) {
    const { deliveries } = await callJson<Stats>(`${url}/v1/stats`, { token: OWNER })
    const owing = deliveries.waiting + deliveries.sending
    if (owing === 0) return
    if (Date.now() > until) throw new Error(`${owing} deliveries were still waiting after ${GIVE_UP_MS / 1_000} s`)
    await pause(ASK_AGAIN_MS)
  }
}
