import Fastify from 'fastify'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { moment } from '../../../test/moment.ts'
import { whenOver } from './over.ts'

test.each([
  ['the answer is sent', 'at once', 1],
  ['its client is gone before', 'gone', 1],
  ['its client asked for more, and is gone', 'gone', 3],
] as const)('an answer is over, once, when %s', async (_name, when, requests) => {
  const server = Fastify()
  let over = 0
  const [all, onOver] = moment()
  server.get('/', async (request, reply) => {
    if (when === 'gone') await new Promise(resolve => request.raw.socket.once('close', resolve))
    whenOver(request, reply, () => ++over === requests && onOver())
    return 'answered'
  })
  const url = new URL(await server.listen({ host: '127.0.0.1', port: 0 }))
  const client = connect(Number(url.port), url.hostname)
  client.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(requests), () => when === 'gone' && client.end())
  await all
  client.destroy()
  await server.close()
  expect(over).toBe(requests)
})
