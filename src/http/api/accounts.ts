import { type z } from 'zod'
import { account, accountChange, accountPage, newAccount } from '../../contract/accounts.ts'
import { idParams, pageQuery } from '../../contract/shared.ts'
import { Problem } from '../../domain/problem.ts'
import { changeAccount, createAccount } from '../../pipeline/access/accounts.ts'
import { listAccounts, type Account } from '../../store/access/accounts.ts'
import { page, pageRequest } from '../paging.ts'
import { instant, instantOrNull } from '../show.ts'
import { type Api, type ApiDeps } from './deps.ts'

const tags = ['accounts']

export function accountRoutes(api: Api, deps: ApiDeps): void {
  api.get(
    '/v1/accounts',
    {
      config: { role: 'owner' },
      schema: {
        tags,
        operationId: 'listAccounts',
        summary: 'List accounts',
        description: 'The accounts are shown without their passwords.',
        querystring: pageQuery,
        response: { 200: accountPage },
      },
    },
    async ({ query }) => page(await listAccounts(deps.db, pageRequest(query)), query, show),
  )
  api.post(
    '/v1/accounts',
    {
      config: { role: 'owner', proof: true, refuses: ['conflict'] },
      schema: {
        tags,
        operationId: 'createAccount',
        summary: 'Make an account',
        description:
          'The account can sign in at once, and an unused set-up link opens nothing any more. An address that has an account already is refused, and so is a password that is too weak.',
        body: newAccount,
        response: { 201: account },
      },
    },
    async (request, reply) => {
      const made = await createAccount(deps, { account: request.body, actor: request.actor })
      return reply.code(201).send(show(made))
    },
  )
  api.patch(
    '/v1/accounts/:id',
    {
      config: { role: 'owner', proof: true, refuses: ['not_found', 'wrong_state'] },
      schema: {
        tags,
        operationId: 'updateAccount',
        summary: 'Change an account',
        description:
          'The name, the role, the password, or whether it can sign in becomes what is given. Its sessions end when it may do something else now, or is proved otherwise. The last owner who can sign in stays one, and a caller does not change the password of their own account here.',
        params: idParams,
        body: accountChange,
        response: { 200: account },
      },
    },
    async request => {
      const { id } = request.params
      // Where one's own is changed, the present one has to be proved.
      if (request.body.password !== undefined && id === request.session?.account.id)
        throw new Problem('wrong_state', 'your own password is changed by POST /v1/session/password')
      return show(await changeAccount(deps, { id, change: request.body, actor: request.actor }))
    },
  )
}

const show = ({ id, email, name, role, createdAt, disabledAt }: Account): z.infer<typeof account> => ({
  id,
  email,
  name,
  role,
  created_at: instant(createdAt),
  disabled_at: instantOrNull(disabledAt),
})
