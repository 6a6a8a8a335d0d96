import { type FastifyReply, type FastifyRequest } from 'fastify'
import { type z } from 'zod'
import { idParams, nothing } from '../../contract/shared.ts'
import {
  passwordChange,
  proof,
  session,
  type sessionEntry,
  sessionPage,
  sessionQuery,
  setup,
  signIn as claim,
} from '../../contract/session.ts'
import { SECOND } from '../../domain/instant.ts'
import { networkOf } from '../../domain/network.ts'
import { Problem } from '../../domain/problem.ts'
import { expiresAt, liveBounds } from '../../domain/session.ts'
import { changeOwnPassword } from '../../pipeline/access/accounts.ts'
import { type Unproven } from '../../pipeline/access/prover.ts'
import { endSession, proveAnew, signIn, type LiveSession, type Started } from '../../pipeline/access/sessions.ts'
import { setUp } from '../../pipeline/access/setup.ts'
import { hasAccounts } from '../../store/access/accounts.ts'
import { listSessions, type Session } from '../../store/access/sessions.ts'
import { deviceCookieOf, dropSessionCookie, keepCookies } from '../cookie.ts'
import { page, pageRequest } from '../paging.ts'
import { instant } from '../show.ts'
import { type Api, type ApiDeps } from './deps.ts'

const tags = ['sessions']

export function sessionRoutes(api: Api, deps: ApiDeps): void {
  signInRoutes(api, deps)
  setUpRoute(api, deps)
  ownRoutes(api, deps)
  proofRoute(api, deps)
  listRoutes(api, deps)
}

function signInRoutes(api: Api, deps: ApiDeps): void {
  api.get(
    '/v1/session',
    {
      config: { role: 'public' },
      schema: {
        tags,
        operationId: 'getSession',
        summary: 'Show who is signed in',
        description: 'The answer names the account of the session cookie, or says that the caller is not signed in.',
        response: { 200: session },
      },
    },
    async request =>
      request.session
        ? show(request.session)
        : { signed_in: false as const, setup_needed: !(await hasAccounts(deps.db)) },
  )
  api.post(
    '/v1/session',
    {
      config: { role: 'public', refuses: ['sign_in_refused', ...PROVING] },
      schema: {
        tags,
        operationId: 'signIn',
        summary: 'Sign in',
        description:
          'A session starts, its cookie is set, and another one by which this browser is known. A wrong address or password is refused. After tries that failed, the answer to a browser that is not known comes up to a minute later.',
        body: claim,
        response: { 200: session },
      },
    },
    async (request, reply) => {
      const { email, password } = request.body
      const answer = await signIn(deps, { email, password, agent: agentOf(request), ...whence(request) })
      if (answer.kind !== 'signed_in')
        throw refusal(answer, reply, new Problem('sign_in_refused', 'the e-mail address or the password is wrong'))
      return started(deps, reply, answer)
    },
  )
}

function setUpRoute(api: Api, deps: ApiDeps): void {
  api.post(
    '/v1/setup',
    {
      config: { role: 'public', refuses: ['setup_refused'] },
      schema: {
        tags,
        operationId: 'setUp',
        summary: 'Make the first account',
        description:
          'The first account is made, an owner, and is signed in; the set-up link is used up. A link that is not valid, or was used, is refused.',
        body: setup,
        response: { 201: session },
      },
    },
    async (request, reply) => {
      const { token, ...account } = request.body
      const made = await setUp(deps, { token, account, agent: agentOf(request) })
      return reply.code(201).send(started(deps, reply, made))
    },
  )
}

function ownRoutes(api: Api, deps: ApiDeps): void {
  api.delete(
    '/v1/session',
    {
      config: { role: 'viewer', refuses: ['forbidden', 'not_found'] },
      schema: {
        tags,
        operationId: 'signOut',
        summary: 'Sign out',
        description:
          'The session of the caller has ended and its cookie is dropped. An API token is refused, which has no session.',
        response: { 204: nothing },
      },
    },
    async (request, reply) => {
      const { id, account } = ownSession(request)
      await endSession(deps, { id, accountId: account.id, actor: request.actor })
      return dropSessionCookie(reply, deps.publicUrl()).code(204).send(null)
    },
  )
  api.post(
    '/v1/session/password',
    {
      config: { role: 'viewer', refuses: ['forbidden', ...PROVING] },
      schema: {
        tags,
        operationId: 'changePassword',
        summary: 'Change the own password',
        description:
          'The account of the caller has the new password, and its other sessions have ended. The present password has to be given; an API token is refused.',
        body: passwordChange,
        response: { 200: session },
      },
    },
    async (request, reply) => {
      const own = ownSession(request)
      const answer = await changeOwnPassword(deps, { session: own, ...request.body, ...whence(request) })
      if (answer.kind !== 'changed') throw refusal(answer, reply, wrongPassword('current'))
      return show(own)
    },
  )
}

function proofRoute(api: Api, deps: ApiDeps): void {
  api.post(
    '/v1/session/proof',
    {
      config: { role: 'viewer', refuses: ['forbidden', ...PROVING] },
      schema: {
        tags,
        operationId: 'proveSession',
        summary: 'Prove who is signed in',
        description:
          'For the next five minutes the session may do what outlives it or cannot be undone: make and revoke tokens, make and change accounts, change the retention, erase people. An API token needs no proof, and is refused here.',
        body: proof,
        response: { 200: session },
      },
    },
    async (request, reply) => {
      const own = ownSession(request)
      const answer = await proveAnew(deps, { session: own, ...request.body, ...whence(request) })
      if (answer.kind !== 'proven') throw refusal(answer, reply, wrongPassword('password'))
      return show(answer.session)
    },
  )
}

function listRoutes(api: Api, deps: ApiDeps): void {
  api.get(
    '/v1/sessions',
    {
      config: { role: 'viewer', refuses: ['forbidden'] },
      schema: {
        tags,
        operationId: 'listSessions',
        summary: 'List sessions',
        description: "The sessions of the account that asks are shown; an owner may ask for everybody's.",
        querystring: sessionQuery,
        response: { 200: sessionPage },
      },
    },
    async request => {
      const { all, ...query } = request.query
      if (all === 'true' && request.role !== 'owner')
        throw new Problem('forbidden', `only an owner sees everybody's sessions, the caller is ${request.role}`)
      // No account has an empty id: an API token has no sessions of its own.
      const accountId = all === 'true' ? undefined : (request.session?.account.id ?? 'none')
      const rows = await listSessions(deps.db, { accountId, after: liveBounds(deps.clock()), ...pageRequest(query) })
      return page(rows, query, row => showEntry(row, request.session))
    },
  )
  api.delete(
    '/v1/sessions/:id',
    {
      config: { role: 'viewer', refuses: ['not_found'] },
      schema: {
        tags,
        operationId: 'deleteSession',
        summary: 'End a session',
        description:
          'The session has ended: its cookie opens nothing any more. Only an owner ends the session of another account; to everyone else it is not there.',
        params: idParams,
        response: { 204: nothing },
      },
    },
    async (request, reply) => {
      const { id } = request.params
      const accountId = request.role === 'owner' ? undefined : (request.session?.account.id ?? 'none')
      await endSession(deps, { id, accountId, actor: request.actor })
      return reply.code(204).send(null)
    },
  )
}

function started({ publicUrl }: ApiDeps, reply: FastifyReply, { secret, device, session: live }: Started) {
  keepCookies(reply, { secret, device, publicUrl: publicUrl() })
  return show(live)
}

function refusal(unproven: Unproven, reply: FastifyReply, refused: Problem): Problem {
  if (unproven.kind === 'refused') return refused
  const seconds = Math.ceil(unproven.waitMs / SECOND)
  reply.header('retry-after', String(seconds))
  return new Problem('too_many_attempts', 'others from your network try at the same time; this try was not looked at')
}

const wrongPassword = (path: 'current' | 'password'): Problem =>
  new Problem('invalid_request', 'the present password is wrong', [
    {
      path,
      code: 'wrong_password',
      detail: `${path} is not the password of this account.`,
      remedy: 'Type the password that you signed in with.',
    },
  ])

function ownSession(request: FastifyRequest): LiveSession {
  if (!request.session) throw new Problem('forbidden', 'this is for those who are signed in; an API token is not')
  return request.session
}

/** How a proof is refused, apart from being wrong. */
const PROVING = ['too_many_attempts', 'overloaded', 'stopping'] as const

const whence = (request: FastifyRequest) => ({ network: networkOf(request.ip), device: deviceCookieOf(request) })

const agentOf = (request: FastifyRequest): string => request.headers['user-agent'] ?? ''

const show = ({ account, csrfToken, expiresAt: at, provedAt }: LiveSession): z.infer<typeof session> => ({
  signed_in: true,
  account,
  csrf_token: csrfToken,
  expires_at: instant(at),
  proved_at: instant(provedAt),
})

const showEntry = (row: Session, own: LiveSession | undefined): z.infer<typeof sessionEntry> => ({
  id: row.id,
  account_id: row.accountId,
  email: row.email,
  created_at: instant(row.createdAt),
  seen_at: instant(row.seenAt),
  expires_at: instant(expiresAt(row)),
  agent: row.agent,
  current: row.id === own?.id,
})
