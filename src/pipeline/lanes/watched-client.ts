import { type Telemetry } from '../../telemetry.ts'
import { isProblemOf } from '../../mailchimp/answer.ts'
import { isThrottled } from '../../mailchimp/classify.ts'
import { type Client, type Reply } from '../../mailchimp/client.ts'

/** Begins a question; what it returns takes the time at which Mailchimp made the answer, by its own clock (R31). */
export type Asking = () => (madeAt: number) => void

type Watch = {
  readonly credentialId: string
  readonly clock: () => number
  readonly telemetry: Telemetry
  readonly asking: Asking
}

/** The same client; every answer is counted, for every kind of request, and its date is heard. */
export const watched = (client: Client, { credentialId, clock, telemetry, asking }: Watch): Client => ({
  ...client,
  async send(request) {
    const startedAt = clock()
    const heard = asking()
    const reply = await client.send(request)
    const answer = reply.kind === 'answer' ? reply.status : reply.cause
    const at = clock()
    telemetry.mailchimpAnswered({ credentialId, answer, throttled: isThrottled(reply, at), durationMs: at - startedAt })
    const madeAt = madeBy(reply)
    if (madeAt !== undefined) heard(madeAt)
    return reply
  },
})

/** What has no JSON of Mailchimp's is the word of something in between. */
function madeBy(reply: Reply): number | undefined {
  if (reply.kind !== 'answer') return undefined
  const { status, json, madeAt } = reply
  const isTheirs = status < 300 ? typeof json === 'object' && json !== null : isProblemOf(json, status)
  return isTheirs ? madeAt : undefined
}
