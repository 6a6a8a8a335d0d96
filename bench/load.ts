import { connect, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { range } from './numbers.ts'
import { type Source } from './relay.ts'

/** How one webhook was answered; times as `performance.now()` has them. */
type Answered = { readonly status: number; readonly startedAt: number; readonly endedAt: number }

/**
 * One kept connection that sends webhooks one after the other. Written by hand since every client measured here costs
 * as much processor time as the service that it should measure, on the same two processors.
 */
type Line = { send(body: string): Promise<number>; close(): void }

/** Where webhooks go, and what lets them in. */
type Entrance = Pick<Source, 'webhookPath' | 'token'>

export const openLines = (url: string, source: Entrance, count: number): Promise<Line[]> =>
  Promise.all(range(count).map(() => openLine(new URL(url), source)))

function openLine({ hostname, port, host }: URL, { webhookPath, token }: Entrance): Promise<Line> {
  const head =
    `POST ${webhookPath} HTTP/1.1\r\nhost: ${host}\r\nauthorization: Bearer ${token}\r\n` +
    'content-type: application/json\r\ncontent-length: '
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port), noDelay: true })
    const line: Line = {
      async send(body) {
        const answer = nextAnswer(socket)
        socket.write(`${head}${Buffer.byteLength(body)}\r\n\r\n${body}`)
        return answer
      },
      close: () => socket.destroy(),
    }
    socket.setEncoding('latin1').once('error', reject)
    socket.once('connect', () => resolve(line))
  })
}

/** The status of the next whole answer. */
function nextAnswer(socket: Socket): Promise<number> {
  return new Promise((resolve, reject) => {
    let text = ''
    const gone = (): void => reject(new Error('the service closed a connection'))
    if (socket.destroyed) return gone()
    const read = (piece: string): void => {
      text += piece
      if (!isWhole(text)) return
      socket.off('data', read).off('close', gone)
      resolve(Number(text.slice(9, 12)))
    }
    socket.on('data', read).once('close', gone)
  })
}

function isWhole(text: string): boolean {
  const end = text.indexOf('\r\n\r\n')
  return end >= 0 && text.length >= end + 4 + Number(/^content-length: (\d+)/im.exec(text)?.[1] ?? 0)
}

async function sendTimed(line: Line, body: string, startedAt = performance.now()): Promise<Answered> {
  const status = await line.send(body)
  return { status, startedAt, endedAt: performance.now() }
}

/** Every line sends the next body as soon as its last one was answered, until there is none. */
export async function flood(lines: readonly Line[], next: () => string | undefined): Promise<Answered[]> {
  const answered: Answered[] = []
  const keepSending = async (line: Line): Promise<void> => {
    for (let body = next(); body !== undefined; body = next()) answered.push(await sendTimed(line, body))
  }
  await Promise.all(lines.map(keepSending))
  return answered
}

/** Sends at a fixed rate, whatever comes back; one that is sent late counts from when it was to be sent. */
export async function steadily(
  lines: readonly Line[],
  { bodies, perSecond }: { readonly bodies: readonly (() => string)[]; readonly perSecond: number },
): Promise<Answered[]> {
  const free = [...lines]
  const answered: Promise<Answered>[] = []
  const begun = performance.now()
  for (const [index, body] of bodies.entries()) {
    const dueAt = begun + (index * 1_000) / perSecond
    while (performance.now() < dueAt || free.length === 0) await pause(1)
    // In turn: the service closes a connection that it has not heard of for a minute.
    const line = free.shift()
    if (line) answered.push(sendTimed(line, body(), dueAt).finally(() => free.push(line)))
  }
  return Promise.all(answered)
}

export const allAccepted = (answered: readonly Answered[]): boolean => answered.every(({ status }) => status === 202)

/** Stops the measurement: a rate of refusals would be no rate of ours. */
export function assertAccepted(answered: readonly Answered[]): void {
  const refused = answered.find(({ status }) => status !== 202)
  if (refused) throw new Error(`a webhook was answered ${refused.status}`)
}

export const took = ({ startedAt, endedAt }: Answered): number => endedAt - startedAt
