/** The parts of an OpenAPI description that are changed here, once it is made. */
export type Json = Readonly<Record<string, unknown>>

export type Media = { readonly schema?: Json; readonly examples?: Json }

export type Response = {
  readonly description: string
  readonly headers?: Json
  readonly content?: Readonly<Record<string, Media>>
}

export type Reference = { readonly $ref: string; readonly description: string }

export type Operation = Json & {
  readonly requestBody?: { readonly required: boolean; readonly content: Readonly<Record<string, Media>> }
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

export const mapValues = <A, B>(record: Readonly<Record<string, A>>, change: (value: A) => B): Record<string, B> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]))
