import type { Answer } from './answers.ts'
import type { JsonObject } from './json.ts'
import type { Problem } from './problems.ts'
import type { Audience, Key, State } from './state.ts'

/** One request to Mailchimp's API after authentication, or one operation of a batch. */
export type Call = Readonly<{
  method: string
  /** The decoded path after `/3.0`, in pieces. */
  segments: readonly string[]
  query: URLSearchParams
  body: JsonObject
  key: Key
  ip: string
  requestId: string
  /** `https://us6.api.mailchimp.com` for the links inside answers. */
  origin: string
  /** Where this simulator itself can be reached, for the results of a batch. */
  reachableAt: string
}>

export type Handler = (state: State, call: Call) => Answer | Problem
export type AudienceHandler = (state: State, audience: Audience, call: Call) => Answer | Problem

export function isProblem(value: object): value is Problem {
  return 'title' in value
}

/** Query booleans: `true` and `1` are true, anything else is false (Mailchimp's changelog, 2021-03-02). */
export function flag(query: URLSearchParams, name: string): boolean {
  const value = query.get(name)
  return value === 'true' || value === '1'
}
