import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { Problem } from '../domain/problem.ts'
import { sendProblem } from './problems.ts'

type Address = { readonly pattern: RegExp; readonly methods: Set<string> }

/**
 * Answers every request that no route takes, of all that are registered after it: 405 and the methods that there are
 * where the address has routes for others (RFC 9110), 404 where there is nothing. Every caller gets that answer,
 * before authentication and before the body is read.
 *
 * No routes are made for it: the methods of HTTP times our addresses would be two thousand, a third of a start.
 */
export function refuseTheRest(server: FastifyInstance): void {
  const addresses = new Map<string, Address>()
  server.addHook('onRoute', ({ url, method }) => {
    // A wildcard is no address: what it does not find is not there.
    if (url.includes('*')) return
    const address = addresses.get(url) ?? { pattern: patternOf(url), methods: new Set() }
    addresses.set(url, address)
    for (const each of [method].flat()) address.methods.add(each)
  })
  const refuse = (request: FastifyRequest, reply: FastifyReply) =>
    sendProblem(refusal(request, reply, methodsAt([...addresses.values()], request.url)), request, reply)
  server.addHook('onRequest', (request, reply, goOn) => {
    if (request.is404) void refuse(request, reply)
    else goOn()
  })
  // Of the console's route, which takes every GET and gives back what is no page.
  server.setNotFoundHandler(refuse)
}

function refusal({ method }: FastifyRequest, reply: FastifyReply, methods: readonly string[]): Problem {
  if (methods.length === 0) return new Problem('not_found', 'there is nothing at this address')
  const allow = methods.join(', ')
  reply.header('allow', allow)
  return new Problem('method_not_allowed', `this address takes ${allow}, not ${method}`)
}

function methodsAt(addresses: readonly Address[], url: string): readonly string[] {
  const path = url.split('?')[0] ?? ''
  const there = addresses.filter(({ pattern }) => pattern.test(path))
  return [...new Set(there.flatMap(({ methods }) => [...methods]))].sort()
}

/** A parameter is one segment, and not empty: at `/v1/sources/` there is nothing. */
const patternOf = (url: string): RegExp => new RegExp(`^${url.replace(/[.]/g, '\\.').replace(/:\w+/g, '[^/]+')}$`)
