import { describe, expect, test } from 'vitest'
import { dateFact, DAY, HOUR, MINUTE, parseInstant } from './instant.ts'

describe('R10: a time is strict RFC 3339', () => {
  test.each<[text: string, as: string]>([
    ['2024-05-02T09:30:00Z', '2024-05-02T09:30:00.000Z'],
    ['2024-05-02t09:30:00z', '2024-05-02T09:30:00.000Z'],
    ['2024-05-02 09:30:00Z', '2024-05-02T09:30:00.000Z'],
    ['2024-05-02T09:30:00.1Z', '2024-05-02T09:30:00.100Z'],
    ['2024-05-02T09:30:00.123456789Z', '2024-05-02T09:30:00.123Z'],
    ['2024-05-02T09:30:00.9999Z', '2024-05-02T09:30:00.999Z'],
    ['2024-05-02T09:30:00+02:00', '2024-05-02T07:30:00.000Z'],
    ['2024-05-02T09:30:00-00:00', '2024-05-02T09:30:00.000Z'],
    ['2024-05-02T23:30:00-05:00', '2024-05-03T04:30:00.000Z'],
    ['2024-01-01T00:30:00+05:45', '2023-12-31T18:45:00.000Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
    ['2000-02-29T00:00:00Z', '2000-02-29T00:00:00.000Z'],
    ['1970-01-01T00:00:00Z', '1970-01-01T00:00:00.000Z'],
    ['1969-12-31T23:59:59.999Z', '1969-12-31T23:59:59.999Z'],
    ['0099-06-01T00:00:00Z', '0099-06-01T00:00:00.000Z'],
    ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
    ['2024-05-02T09:30:00+0200', '2024-05-02T07:30:00.000Z'],
    ['2024-05-02T09:30:00-0530', '2024-05-02T15:00:00.000Z'],
    ['2024-05-02T09:30:00+02', '2024-05-02T07:30:00.000Z'],
    ['2024-05-02T09:30:00.5-11', '2024-05-02T20:30:00.500Z'],
  ])('%s is %s', (text, as) => {
    const instant = parseInstant(text)
    expect(instant === undefined ? undefined : new Date(instant).toISOString()).toBe(as)
  })

  test.each<[text: unknown, fault: string]>([
    ['2024-02-30T00:00:00Z', '30 February'],
    ['2023-02-29T00:00:00Z', '29 February of a common year'],
    ['1900-02-29T00:00:00Z', '29 February of a century'],
    ['2024-04-31T00:00:00Z', '31 April'],
    ['2024-00-10T00:00:00Z', 'month 0'],
    ['2024-13-10T00:00:00Z', 'month 13'],
    ['2024-05-00T00:00:00Z', 'day 0'],
    ['0000-05-02T00:00:00Z', 'year 0'],
    ['2024-05-02T24:00:00Z', 'hour 24'],
    ['2024-05-02T09:60:00Z', 'minute 60'],
    ['2016-12-31T23:59:60Z', 'a leap second'],
    ['2024-05-02T09:30:00', 'no zone'],
    ['2024-05-02', 'no time of day'],
    ['2024-05-02T09:30Z', 'no seconds'],
    ['2024-05-02T09:30:00.Z', 'a point without digits'],
    ['2024-05-02T09:30:00,5Z', 'a comma for a point'],
    ['2024-05-02T09:30:00.1234567890Z', 'ten digits of fraction'],
    ['2024-05-02T09:30:00+24:00', 'zone hour 24'],
    ['2024-05-02T09:30:00+02:60', 'zone minute 60'],
    ['2024-05-02T09:30:00 +02:00', 'a space before the zone'],
    [' 2024-05-02T09:30:00Z', 'a space before'],
    ['2024-05-02T09:30:00Z\n', 'a line feed after'],
    ['24-05-02T09:30:00Z', 'a year of two digits'],
    ['+12024-05-02T09:30:00Z', 'a year of five digits'],
    ['-2024-05-02T09:30:00Z', 'a year before Christ'],
    ['٢٠٢٤-05-02T09:30:00Z', 'digits that are not ASCII'],
    ['Thu, 02 May 2024 09:30:00 GMT', 'the form of HTTP'],
    ['', 'nothing'],
    [1_714_642_200_000, 'a number'],
    [new Date(0), 'a Date'],
    [['2024-05-02T09:30:00Z'], 'a list'],
    [null, 'null'],
    [undefined, 'undefined'],
  ])('%j is none: %s', text => {
    expect(parseInstant(text)).toBeUndefined()
  })
})

describe('R10: the time of a fact', () => {
  const receivedAt = Date.UTC(2024, 4, 2, 9, 30)
  const ahead = (by: number) => dateFact(new Date(receivedAt + by).toISOString(), receivedAt)

  test.each<[what: string, lead: number, counted: number]>([
    ['a year ago', -365 * DAY, -365 * DAY],
    ['now', 0, 0],
    ['4 minutes ahead', 4 * MINUTE, 4 * MINUTE],
    ['5 minutes ahead', 5 * MINUTE, 5 * MINUTE],
    ['5 minutes and an instant ahead', 5 * MINUTE + 1, 5 * MINUTE],
    ['6 minutes ahead', 6 * MINUTE, 5 * MINUTE],
    ['24 hours ahead', 24 * HOUR, 5 * MINUTE],
  ])('%s is credible and counts at most 5 minutes after receipt', (_, lead, counted) => {
    expect(ahead(lead)).toEqual({ credible: true, at: receivedAt + counted, statedAt: receivedAt + lead })
  })

  test.each<[what: string, stamp: unknown, why: string]>([
    ['24 hours and an instant ahead', '2024-05-03T09:30:00.001Z', 'is dated more than 24 hours ahead'],
    ['25 hours ahead', '2024-05-03T10:30:00Z', 'is dated more than 24 hours ahead'],
    ['in the year 9999', '9999-12-31T23:59:59Z', 'is dated more than 24 hours ahead'],
    ['missing', undefined, 'has no time'],
    ['null', null, 'has no time'],
    ['on 30 February', '2024-02-30T00:00:00Z', 'has a time that is not RFC 3339 with a zone'],
    ['without a zone', '2024-05-02T09:30:00', 'has a time that is not RFC 3339 with a zone'],
    ['empty', '', 'has a time that is not RFC 3339 with a zone'],
    ['a number', receivedAt, 'has a time that is not RFC 3339 with a zone'],
  ])('%s is not credible, and it is said why', (_, stamp, why) => {
    expect(dateFact(stamp, receivedAt)).toEqual({ credible: false, why })
  })

  test('is judged as an instant, however its zone is written', () => {
    expect(dateFact('2024-05-02T22:30:00+14:00', receivedAt)).toMatchObject({ credible: true, at: receivedAt - HOUR })
  })
})
