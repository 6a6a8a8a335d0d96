import type { Json } from './json.ts'

/** What goes back to the client. `body` is already text: a member is written once and never serialised again. */
export type Answer = Readonly<{
  status: number
  contentType: string
  body: string
  /** Extra headers, as name and value. */
  headers: readonly (readonly [string, string])[]
}>

const JSON_TYPE = 'application/json; charset=utf-8'

export function ok(body: string, headers: Answer['headers'] = []): Answer {
  return { status: 200, contentType: JSON_TYPE, body, headers }
}

export function okJson(body: Json, headers: Answer['headers'] = []): Answer {
  return ok(JSON.stringify(body), headers)
}

/** Mailchimp names its JSON type even on an answer without a body. */
export function noContent(): Answer {
  return { status: 204, contentType: JSON_TYPE, body: '', headers: [] }
}

export function html(status: number, body: string): Answer {
  return { status, contentType: 'text/html', body, headers: [] }
}
