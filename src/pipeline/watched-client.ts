import { type Events } from '../events.ts'
import { classifyTrouble } from '../mailchimp/classify.ts'
import { type Client, type Reply } from '../mailchimp/client.ts'

type Watch = { readonly credentialId: string; readonly now: () => number; readonly events: Events }

/** The same client; every answer is told, whatever the request was for. */
export const watched = (client: Client, { credentialId, now, events }: Watch): Client => ({
  ...client,
  async send(request) {
    const startedAt = now()
    const reply = await client.send(request)
    const answer = reply.kind === 'answer' ? reply.status : reply.cause
    const at = now()
    events.mailchimpAnswered({ credentialId, answer, throttled: isThrottled(reply, at), durationMs: at - startedAt })
    return reply
  },
})

/** A 429, or the edge's page in its place (R24). */
function isThrottled(reply: Reply, now: number): boolean {
  if (reply.kind === 'answer' && reply.status < 400) return false
  const trouble = classifyTrouble(reply, now)
  return trouble.kind === 'retry' && trouble.throttled
}
