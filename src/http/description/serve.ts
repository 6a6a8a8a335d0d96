import swagger, { type SwaggerTransformObject } from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import { type FastifyInstance } from 'fastify'
import { jsonSchemaTransformObject } from 'fastify-type-provider-zod'
import { SESSION_COOKIE } from '../cookie.ts'
import { describeAnswers } from './answers.ts'
import { asDescription } from './api.ts'
import { describeOperation } from './operation.ts'
import { describeRefusals } from './refusals.ts'
import { tidySchemas } from './schemas.ts'
import { TAGS } from './tags.ts'

type DescriptionDeps = { readonly version: string; readonly publicUrl: () => string }

/** Describes every route that is registered after it, at /openapi.json, and shows that at /docs. */
export async function describeApi(server: FastifyInstance, { version, publicUrl }: DescriptionDeps): Promise<void> {
  await server.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Consent Relay',
        version,
        summary: 'Keeps Mailchimp contacts in step with the preferences given on the Didomi platform.',
        description: ABOUT,
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: serversAt('/'),
      tags: [...TAGS],
      components: { securitySchemes: securitySchemesAt('') },
      security: [{ token: [] }, { session: [] }],
    },
    transform: describeOperation,
    transformObject: describeWhole,
  })
  const served = (api: object) => {
    const { components, ...rest } = asDescription(api)
    const url = publicUrl()
    return { ...rest, servers: serversAt(url), components: { ...components, securitySchemes: securitySchemesAt(url) } }
  }
  await server.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: true,
    transformSpecification: served,
    transformSpecificationClone: false,
  })
  // Large, and open to strangers: written once for each address, and shared by all answers.
  let written = { url: '', bytes: Buffer.alloc(0) }
  server.get('/openapi.json', { schema: { hide: true } }, (_request, reply) => {
    const url = publicUrl()
    if (written.url !== url) written = { url, bytes: Buffer.from(JSON.stringify(served(server.swagger()))) }
    return reply.type('application/json; charset=utf-8').send(written.bytes)
  })
}

const describeWhole: SwaggerTransformObject = document => {
  const api = asDescription(jsonSchemaTransformObject(document))
  return tidySchemas(describeRefusals(describeAnswers(api)))
}

const serversAt = (url: string) => [{ url, description: 'This service.' }]

const securitySchemesAt = (url: string) =>
  ({
    token: { type: 'http', scheme: 'bearer', description: 'An API token of this service.' },
    session: {
      type: 'apiKey',
      in: 'cookie',
      name: SESSION_COOKIE,
      description: 'Of an account that is signed in; what is not a GET also needs the header X-CSRF-Token.',
    },
    sourceSecret: { type: 'http', scheme: 'bearer', description: 'The secret of a source of the type bearer.' },
    sourceClient: {
      type: 'oauth2',
      description: 'An access token of the client of a source of the type oauth2.',
      flows: { clientCredentials: { tokenUrl: `${url}/oauth/token`, scopes: {} } },
    },
    client: { type: 'http', scheme: 'basic', description: 'The client id and the client secret of a source.' },
  }) as const

const ABOUT = `Times are RFC 3339 in UTC. A list is read page by page: \`next_cursor\` of one page is \`cursor\` of the next.

Every refusal is a problem document (RFC 9457): \`code\` says which, \`detail\` says what exactly is wrong, \`errors\` names every field at fault, and \`advice\` says what to do. An address that does not take a method answers 405 with \`Allow\`, before authentication. Every GET may also be sent as HEAD.

Any address may answer 400 (\`malformed_request\`), 408, 414 or 431 to a request that cannot be read, and 503 (\`stopping\`) with \`Retry-After\` while the service stops.`
