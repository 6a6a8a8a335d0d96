import { type FastifyInstance } from 'fastify'
import { METHODS } from 'node:http'
import { Problem } from '../domain/problem.ts'
import { sendProblem } from './problems.ts'

/** CONNECT never reaches a route: Node closes its connection. */
const ALL = METHODS.filter(method => method !== 'CONNECT')

/**
 * Watches which addresses have routes, of all that are registered after it. What it returns is called once they are
 * there: from then on an address answers 405 to every method that it has no route for (RFC 9110). Every
 * caller gets that answer, before authentication and before the body is read.
 */
export function watchAddresses(server: FastifyInstance): () => void {
  const addresses = new Set<string>()
  let isWatching = true
  server.addHook('onRoute', ({ url }) => {
    // A wildcard is no address: what it does not find is not there.
    if (isWatching && !url.includes('*')) addresses.add(url)
  })
  return () => {
    isWatching = false
    for (const method of ALL) if (!server.supportedMethods.includes(method)) server.addHttpMethod(method)
    for (const url of addresses) refuseOtherMethods(server, url)
  }
}

function refuseOtherMethods(server: FastifyInstance, url: string): void {
  const allow = ALL.filter(method => server.hasRoute({ method, url })).join(', ')
  server.route<{ Params: Readonly<Record<string, string>> }>({
    url,
    method: ALL.filter(method => !server.hasRoute({ method, url })),
    schema: { hide: true },
    // Before the body is read.
    onRequest: (request, reply, _goOn) => {
      // The router finds an empty id at `/v1/sources/`, where there is nothing.
      const isThere = !Object.values(request.params).includes('')
      if (isThere) reply.header('allow', allow)
      sendProblem(isThere ? refusal(request.method, allow) : nothingThere(), request, reply)
    },
    handler: () => undefined,
  })
}

const refusal = (method: string, allow: string): Problem =>
  new Problem('method_not_allowed', `this address takes ${allow}, not ${method}`)

export const nothingThere = (): Problem => new Problem('not_found', 'there is nothing at this address')
