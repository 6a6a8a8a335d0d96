import { describe, expect, test } from 'vitest'
import { type Description, type Json } from './api.ts'
import { tidySchemas } from './schemas.ts'

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` })

/** An API that takes `sent` and answers `answered`, with these schemas. */
const api = (schemas: Readonly<Record<string, Json>>, names: { sent?: string; answered?: string }): Description => {
  const content = (name: string) => ({ 'application/json': { schema: ref(name) } })
  return {
    components: { schemas },
    paths: {
      '/things': {
        post: {
          ...(names.sent ? { requestBody: { required: true, content: content(names.sent) } } : {}),
          responses: names.answered ? { 200: { description: 'A thing.', content: content(names.answered) } } : {},
        },
      },
    },
  }
}

const TEXT = { type: 'string' }

describe('the schemas of a description', () => {
  test('go by their own name where they are sent, and where they are named in another', () => {
    const schemas = { New: TEXT, NewInput: { items: ref('PartInput') }, Part: TEXT, PartInput: TEXT }
    const tidy = tidySchemas(api(schemas, { sent: 'NewInput' }))
    expect(tidy.components.schemas).toEqual({ New: { items: ref('Part') }, Part: TEXT })
    expect(JSON.stringify(tidy.paths)).toContain('schemas/New"')
  })

  test('are left out where nothing names them', () => {
    const tidy = tidySchemas(api({ Thing: TEXT, ThingInput: TEXT, Other: TEXT }, { answered: 'Thing' }))
    expect(Object.keys(tidy.components.schemas)).toEqual(['Thing'])
  })

  test('keep a name of their own that ends as one that is sent does', () => {
    const tidy = tidySchemas(api({ FileInput: TEXT, FileInputInput: TEXT }, { answered: 'FileInput' }))
    expect(Object.keys(tidy.components.schemas)).toEqual(['FileInput'])
  })

  test('are refused when one name has two shapes', () => {
    const schemas = { Thing: TEXT, ThingInput: { type: 'number' } }
    expect(() => tidySchemas(api(schemas, { sent: 'ThingInput', answered: 'Thing' }))).toThrow('Thing is sent and')
    expect(() =>
      tidySchemas(api({ ...schemas, ThingInput: TEXT }, { sent: 'ThingInput', answered: 'Thing' })),
    ).not.toThrow()
  })

  test('do not show the bounds that every whole number has', () => {
    const bounded = { type: 'integer', minimum: Number.MIN_SAFE_INTEGER, maximum: 7 }
    const tidy = tidySchemas(api({ Thing: bounded }, { answered: 'Thing' }))
    expect(tidy.components.schemas['Thing']).toEqual({ type: 'integer', maximum: 7 })
  })
})
