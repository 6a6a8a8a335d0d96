type Json = Readonly<Record<string, unknown>>
type Schema = Json & {
  readonly $ref?: string
  readonly examples?: readonly unknown[]
  readonly anyOf?: readonly Schema[]
}
type Content = Readonly<Record<string, { readonly schema?: Schema }>>

export type Operation = {
  readonly operationId?: string
  readonly summary?: string
  readonly description?: string
  readonly tags?: readonly string[]
  readonly requestBody?: { readonly content: Content }
  readonly responses: Readonly<Record<string, { readonly $ref?: string; readonly content?: Content }>>
}

export type Api = {
  readonly servers: readonly { readonly url: string }[]
  readonly tags: readonly { readonly name: string; readonly description?: string }[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>
    readonly responses: Readonly<Record<string, { readonly content?: Content }>>
    readonly securitySchemes: Readonly<Record<string, Json>>
  }
}

type Named = { readonly name: string; readonly operation: Operation }

const operationsOf = ({ paths }: Api): Named[] =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ name: `${method.toUpperCase()} ${path}`, operation })),
  )

/** What a client generator needs of every operation, and what people do. */
export function unexplained(api: Api): string[] {
  const explained = new Set(api.tags.filter(({ description }) => description).map(({ name }) => name))
  const operations = operationsOf(api)
  return operations.flatMap(({ name, operation: { operationId, summary, description, tags } }) => [
    ...(/^[a-z]+([A-Z][a-z]+)*$/.test(operationId ?? '') ? [] : [`${name} has no operationId`]),
    ...(operations.some(other => other.name !== name && other.operation.operationId === operationId)
      ? [`${name} shares its operationId`]
      : []),
    ...(summary && !summary.endsWith('.') ? [] : [`${name} has no summary`]),
    ...(/^[A-Z].+\.$/.test(description ?? '') ? [] : [`${name} has no description`]),
    ...(tags?.length && tags.every(tag => explained.has(tag)) ? [] : [`${name} has no tag that is explained`]),
  ])
}

const REF = '#/components/schemas/'

/** Every body in JSON that is sent or answered well has a schema with a name and an example. */
export function unnamed(api: Api): string[] {
  const isNamed = ({ $ref = '' }: Schema): boolean =>
    $ref.startsWith(REF) && (api.components.schemas[$ref.slice(REF.length)]?.examples?.length ?? 0) > 0
  const isNull = ({ type }: Schema): boolean => type === 'null'
  const wrong = (content: Content = {}): boolean =>
    Object.entries(content).some(
      ([type, { schema = {} }]) =>
        type === 'application/json' && !isNamed(schema) && !schema.anyOf?.every(each => isNamed(each) || isNull(each)),
    )
  return operationsOf(api).flatMap(({ name, operation: { requestBody, responses } }) => [
    ...(wrong(requestBody?.content) ? [`the body of ${name}`] : []),
    ...Object.entries(responses)
      .filter(([, { content }]) => wrong(content))
      .map(([status]) => `${status} of ${name}`),
  ])
}

/** Every refusal is the one named Problem, beside what another standard asks for. */
export function strayRefusals({ components, paths }: Api): string[] {
  const named = Object.entries(components.responses).map(([name, { content }]) => ({ name, content }))
  const inline = operationsOf({ paths } as Api).flatMap(({ name, operation }) =>
    Object.entries(operation.responses)
      .filter(([status, { $ref }]) => /^[45]/.test(status) && !$ref)
      .map(([status, { content }]) => ({ name: `${status} of ${name}`, content })),
  )
  const isProblem = (content: Content = {}): boolean =>
    content['application/problem+json']?.schema?.$ref === `${REF}Problem`
  return [...named, ...inline].filter(({ content }) => !isProblem(content)).map(({ name }) => name)
}
