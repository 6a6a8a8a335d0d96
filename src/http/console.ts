import files from '@fastify/static'
import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join, sep } from 'node:path'

const PAGE = 'index.html'
const NONCE = '__CSP_NONCE__'

/** Addresses that are no pages: a wrong one gets a problem there, in every type that a caller takes. */
const NO_PAGE = /^\/(v1|docs|openapi\.json|webhooks|oauth|healthz|readyz|metrics|assets)(\/|$)/

/**
 * Serves the console: its built files, and its one page at every address that is nothing else. Without a built
 * console in `folder` there is nothing at these addresses.
 */
export async function consoleRoutes(server: FastifyInstance, { folder }: { readonly folder: string }): Promise<void> {
  const page = await readPage(join(folder, PAGE))
  if (page === undefined) return
  await server.register(files, {
    root: folder,
    wildcard: false,
    index: false,
    globIgnore: [PAGE],
    decorateReply: false,
    // The build leaves a compressed file beside each that is worth it.
    preCompressed: true,
    cacheControl: false,
    setHeaders: (reply, path) => void reply.header('cache-control', cachingOf(path.slice(folder.length))),
  })
  server.get('/*', { schema: { hide: true } }, (request, reply) =>
    isForPage(request) ? sendPage(reply, page) : reply.callNotFound(),
  )
}

/** The build names what is in `assets` after its content. */
const cachingOf = (path: string): string =>
  path.split(sep).includes('assets') ? 'public, max-age=31536000, immutable' : 'no-cache'

const isForPage = ({ url, headers }: FastifyRequest): boolean =>
  !NO_PAGE.test(url.split('?')[0] ?? '') && /\btext\/html\b/.test(headers.accept ?? '')

function sendPage(reply: FastifyReply, page: string): FastifyReply {
  const nonce = randomBytes(16).toString('base64url')
  return reply
    .type('text/html; charset=utf-8')
    .header('cache-control', 'no-store')
    .header('content-security-policy', policy(nonce))
    .send(page.replaceAll(NONCE, nonce))
}

const policy = (nonce: string): string =>
  [
    "default-src 'none'",
    `script-src 'self' 'nonce-${nonce}'`,
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')

async function readPage(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
