import { Pool } from 'undici'
import { AUDIENCE, KEY, type Target } from './target.ts'
import { AGAIN, mayPass, retried } from './retry.ts'

type Answer = { readonly status: number; readonly body: unknown }

/** A careful HTTP client: kept connections, no more than it is given, and the usual retries. */
export type PlainClient = {
  /** Undefined when every try failed. `path` is below the audience. */
  ask(method: 'GET' | 'PUT' | 'POST', path: string, body?: unknown): Promise<Answer | undefined>
  close(): Promise<void>
}

const REFUSED = 400

export function createPlainClient({ url }: Target, connections: number): PlainClient {
  const pool = new Pool(url, { connections })
  const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' }
  const once = async (method: 'GET' | 'PUT' | 'POST', path: string, body: string | null): Promise<Answer> => {
    const answer = await pool.request({ method, path: `/3.0/lists/${AUDIENCE}${path}`, headers, body })
    const text = await answer.body.text()
    return { status: answer.statusCode, body: text === '' ? undefined : (JSON.parse(text) as unknown) }
  }
  return {
    ask: (method, path, body) =>
      retried(async () => {
        const answer = await once(method, path, body === undefined ? null : JSON.stringify(body)).catch(() => undefined)
        if (!answer || mayPass(answer.status)) return AGAIN
        // A refusal would be a mistake of this benchmark, not a property of the way that it measures.
        if (answer.status >= REFUSED && answer.status !== 404)
          throw new Error(`${method} ${path} was answered ${answer.status}: ${JSON.stringify(answer.body)}`)
        return answer
      }),
    close: () => pool.close(),
  }
}
