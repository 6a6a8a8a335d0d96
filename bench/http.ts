/** Calls an API with JSON; throws with what it answered when that is no success. */
export async function callJson<T>(
  url: string,
  { method = 'GET', token, body }: { method?: 'GET' | 'POST'; token?: string; body?: unknown } = {},
): Promise<T> {
  const answer = await fetch(url, {
    method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${method} ${url} answered ${answer.status}: ${text}`)
  return (text === '' ? undefined : JSON.parse(text)) as T
}
