import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Control } from './control.ts'
import { readBehaviour, readContactAction, readFaultRule, readLatency } from './control-input.ts'
import { type Json, type JsonObject, isObject, parseJson } from './json.ts'
import { readAudienceSeed, readContactSeed, readKeySeed } from './seed-input.ts'

type Reply = Readonly<{ status: number; body: Json }>
type Ask = Readonly<{ pieces: readonly string[]; body: JsonObject; query: URLSearchParams }>
type Route = (control: Control, ask: Ask) => Reply

const ROUTES: Readonly<Record<string, Route>> = {
  'GET requests': (control, { query }) => {
    const since = Number(query.get('since') ?? 0)
    return ok({ requests: control.requests().filter(({ n }) => n > since) })
  },
  'GET stats': control => ok(control.stats()),
  'GET faults': control => ok({ faults: control.faults() as Json }),
  'POST faults': postFaults,
  'DELETE faults': (control, { pieces: [, id] }) => {
    if (id === undefined) control.clearFaults()
    else if (!control.removeFault(id)) return absent()
    return ok({})
  },
  'GET contacts': (control, { pieces: [, audience = '', name] }) => {
    if (name === undefined) return ok({ contacts: control.contacts(audience) })
    const contact = control.contact(audience, name)
    return contact ? ok(contact) : absent()
  },
  'POST contacts': postContacts,
  'POST latency': (control, { body }) => {
    control.setLatency(readLatency(body))
    return ok({})
  },
  'POST behaviour': (control, { body }) => {
    control.setBehaviour(readBehaviour(body))
    return ok({})
  },
  'POST keys': (control, { body }) => {
    control.addKey(readKeySeed(body))
    return ok({})
  },
  'POST audiences': (control, { pieces: [, id = ''], body }) => {
    control.setUpAudience(readAudienceSeed({ ...body, id }))
    return ok({ id })
  },
  'DELETE audiences': (control, { pieces: [, id = ''] }) => (control.removeAudience(id) ? ok({ id }) : absent()),
  'POST reset': control => {
    control.reset()
    return ok({})
  },
}

/** The simulator's own address space, `/_simulator`: for tests and demos, no part of Mailchimp. */
export function handleControlRequest(control: Control, request: IncomingMessage, response: ServerResponse): void {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.once('end', () => {
    const { status, body } = answer(control, request, Buffer.concat(chunks).toString())
    response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' })
    response.end(JSON.stringify(body))
  })
}

function answer(control: Control, request: IncomingMessage, text: string): Reply {
  const url = new URL(request.url ?? '/', 'http://simulator')
  const [root, ...pieces] = url.pathname.slice(1).split('/').map(decodeURIComponent)
  const route = root === '_simulator' ? ROUTES[`${request.method} ${pieces[0]}`] : undefined
  if (!route) return absent()
  const body = text === '' ? {} : parseJson(text)
  if (!isObject(body)) return { status: 400, body: { error: 'The body must be a JSON object.' } }
  try {
    return route(control, { pieces, body, query: url.searchParams })
  } catch (error) {
    return { status: 400, body: { error: error instanceof Error ? error.message : String(error) } }
  }
}

/** One rule, or several under `rules`. */
function postFaults(control: Control, { body }: Ask): Reply {
  const rules = Array.isArray(body['rules']) ? body['rules'].map(readFaultRule) : [readFaultRule(body)]
  return ok({ ids: rules.map(rule => control.addFault(rule)) })
}

/** `{"do": ...}` acts on a contact; a body without it puts one there. */
function postContacts(control: Control, { pieces: [, audience = '', name = ''], body }: Ask): Reply {
  const action = readContactAction(body)
  if (!action) return ok(control.addContact(audience, readContactSeed({ ...body, email_address: name })))
  return ok(control.act(audience, name, action) ?? {})
}

function ok(body: Json): Reply {
  return { status: 200, body }
}

function absent(): Reply {
  return { status: 404, body: { error: 'There is no such thing here.' } }
}
