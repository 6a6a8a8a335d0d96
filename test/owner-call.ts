import { type App } from '../src/app.ts'

export const TOKEN = 'an owner token for tests of 32 characters or more'.replaceAll(' ', '-')

/** Reads, or posts what is given. */
export async function call<T>({ url }: App, path: string, body?: object): Promise<T> {
  const answer = await fetch(url + path, {
    method: body ? 'POST' : 'GET',
    headers: { authorization: `Bearer ${TOKEN}`, ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`)
  return (await answer.json()) as T
}
