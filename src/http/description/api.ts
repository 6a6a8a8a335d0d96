import { type ProblemCode } from '../../domain/problem.ts'

/** The parts of an OpenAPI description that are changed here, once it is made. */
export type Json = Readonly<Record<string, unknown>>

type Media = { readonly schema?: Json; readonly examples?: Json }

export type Response = {
  readonly description: string
  readonly headers?: Json
  readonly content?: Readonly<Record<string, Media>>
}

export type Reference = { readonly $ref: string; readonly description: string }

export type Operation = Json & {
  /** How it refuses, until that is written as answers. */
  readonly 'x-refuses'?: readonly ProblemCode[]
  /** How large its body may be, until that is written beside the body. */
  readonly 'x-body-bytes'?: number
  readonly requestBody?: {
    readonly description?: string
    readonly required: boolean
    readonly content: Readonly<Record<string, Media>>
  }
  readonly responses: Readonly<Record<string, Response | Reference>>
}

export type Description = Json & {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: Json & { readonly schemas: Readonly<Record<string, Json>> }
}

export const SCHEMAS = '#/components/schemas/'

/** The description with each of its operations changed. */
export const mapOperations = (api: Description, change: (operation: Operation) => Operation): Description => ({
  ...api,
  paths: mapValues(api.paths, methods => mapValues(methods, change)),
})

const mapValues = <A, B>(record: Readonly<Record<string, A>>, change: (value: A) => B): Record<string, B> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]))

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** What the libraries made; only its outline is checked. */
export function asDescription(made: unknown): Description {
  if (!isDescription(made)) throw new Error('this is no description of an API')
  return made
}

const isDescription = (made: unknown): made is Description =>
  isObject(made) && isObject(made['paths']) && isObject(made['components']) && isObject(made['components']['schemas'])
