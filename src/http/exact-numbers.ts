import { type FastifyInstance } from 'fastify'
import { parseExact } from '../domain/exact-json.ts'
import { LIMITS } from '../domain/limits.ts'
import { assertBounded } from './edge/json-bounds.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** R5a: the body holds records of Didomi, whose numbers are taken as they are written. */
    exactNumbers?: true
  }
}

/** The JSON bodies of the routes that are registered after it. */
export function readJson(api: FastifyInstance): void {
  const parse = api.getDefaultJsonParser('error', 'error')
  api.removeContentTypeParser('application/json')
  api.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    // A parser of text is given text, although its type allows bytes.
    const text = String(body)
    const { exactNumbers, takesFacts } = request.routeOptions.config
    try {
      assertBounded(text, { mostValues: takesFacts ? LIMITS.factValues : LIMITS.bodyValues })
      if (!exactNumbers) return void parse(request, text, done)
      done(null, parseExact(text))
    } catch (error) {
      done(error instanceof Error ? error : new Error('the body could not be parsed', { cause: error }))
    }
  })
}
