import { type FastifyInstance } from 'fastify'
import { type IncomingMessage } from 'node:http'
import { LIMITS } from '../../domain/limits.ts'
import { Problem } from '../../domain/problem.ts'

/** Where a request goes whose address no router can read, until it is refused. */
const NOWHERE = '/'

/** What a router may be given in place of `url`. */
export const routable = (url: string): string => (addressFault(url) ? NOWHERE : url)

/** Refuses what Node reads as a request, and RFC 9112 does not allow or no route can read. */
export function refuseMalformed(server: FastifyInstance): void {
  server.addHook('onRequest', ({ raw, originalUrl }, _reply, goOn) => goOn(hostFault(raw) ?? addressFault(originalUrl)))
}

/** Two hosts are how a request is meant for one server by a proxy, and for another one by what is behind it. */
function hostFault({ rawHeaders, httpVersion }: IncomingMessage): Problem | undefined {
  const hosts = rawHeaders.filter((name, at) => at % 2 === 0 && name.toLowerCase() === 'host').length
  if (hosts === 1 || (hosts === 0 && httpVersion === '1.0')) return undefined
  return new Problem('malformed_request', `a request has one Host header, and this one has ${hosts}`)
}

function addressFault(url: string): Problem | undefined {
  const [path = ''] = url.split('?')
  if (path.split('/').some(({ length }) => length > LIMITS.pathLength))
    return new Problem('address_too_long', `a part of the address is longer than ${LIMITS.pathLength} characters`)
  const decoded = decodedOf(path)
  if (decoded === undefined)
    return new Problem('malformed_request', 'the path of the address is not percent-encoded UTF-8')
  // Neither a file nor a row of PostgreSQL can have such a name; each would fail in its own way.
  return decoded.includes('\0') ? new Problem('malformed_request', 'the path of the address holds a NUL') : undefined
}

function decodedOf(path: string): string | undefined {
  try {
    return decodeURIComponent(path)
  } catch {
    return undefined
  }
}
