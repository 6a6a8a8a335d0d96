import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { type AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import { createDownload, resultsAddress } from './download.ts'

async function closed(server: Server): Promise<void> {
  server.closeAllConnections()
  server.close()
  await once(server, 'close')
}

const MAILCHIMP = 'https://us6.api.mailchimp.com'
const LOOPBACK = 'http://127.0.0.1:8080'
const SAMPLE = 'https://storage.googleapis.com/mailchimp-batches/1-response.tar.gz?Expires=1&Signature=a%2Bb%3D'

describe('the address of results', () => {
  test.each([
    [SAMPLE, MAILCHIMP],
    ['https://mailchimp-api-batch.s3.amazonaws.com/x', MAILCHIMP],
    [`${MAILCHIMP}/batch-results/x`, MAILCHIMP],
    [`${LOOPBACK}/batch-results/x?token=1`, LOOPBACK],
    ['http://[::1]:8080/x', 'http://[::1]:8080'],
  ])('%s is opened as it is, with the API at %s', (url, origin) => {
    expect(resultsAddress(url, origin)?.href).toBe(url)
  })

  test.each([
    'http://storage.googleapis.com/x',
    'ftp://storage.googleapis.com/x',
    'file:///etc/passwd',
    'data:application/gzip;base64,AAAA',
    'https://storage.googleapis.com:8443/x',
    'https://user@storage.googleapis.com/x',
    'https://user:word@storage.googleapis.com/x',
    'https://127.0.0.1/x',
    'https://127.1/x',
    'https://0x7f000001/x',
    'https://2130706433/x',
    'https://169.254.169.254/latest/meta-data',
    'https://[::1]/x',
    'https://[::ffff:127.0.0.1]/x',
    'https://localhost/x',
    'https://database/x',
    'https://storage.googleapis.com./x',
    '//storage.googleapis.com/x',
    'storage.googleapis.com/x',
    '',
  ])('%s is not opened', url => {
    expect(resultsAddress(url, MAILCHIMP)).toBeUndefined()
  })

  test.each([
    'http://127.0.0.1:8081/x',
    'https://127.0.0.1:8080/x',
    'http://localhost:8080/x',
    'http://u@127.0.0.1:8080/x',
  ])('%s is not where the API on loopback is', url => {
    expect(resultsAddress(url, LOOPBACK)).toBeUndefined()
  })
})

describe('a download is not waited for once the service stops', () => {
  /** Begins an answer, if at all, and never ends it. */
  async function endless(begins: boolean) {
    const server = createServer((_, answer) => {
      if (begins) answer.write('begun')
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
    return { server, address, [Symbol.asyncDispose]: () => closed(server) }
  }
  const patient = createDownload({ after: () => () => undefined })

  test('before the answer', async () => {
    await using mute = await endless(false)
    const stopping = new AbortController()
    const asked = patient(mute.address, stopping.signal)
    await once(mute.server, 'request')
    stopping.abort()
    await expect(asked).rejects.toThrow('not in time')
  })

  test('in the middle of it', async () => {
    await using slow = await endless(true)
    const stopping = new AbortController()
    const { body } = await patient(slow.address, stopping.signal)
    const read = text(body)
    stopping.abort()
    await expect(read).rejects.toThrow('not in time')
  })

  test('nor begun', async () => {
    await using mute = await endless(false)
    await expect(patient(mute.address, AbortSignal.abort())).rejects.toThrow('not in time')
  })
})
