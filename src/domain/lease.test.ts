import { describe, expect, test } from 'vitest'
import { isFree, isRenewed, type LeaseRow } from './lease.ts'

const NOW = 1_000_000
const held: LeaseRow = { owner: 'a', epoch: 7, expiresAt: NOW + 1, isConnected: true }
const looking = { owner: 'b', lengthMs: 12_000, unchangedMs: 0 }

describe('a lease', () => {
  test.each([
    ['is not free while its owner renews it', {}, {}, false],
    ['is free once it has expired', { expiresAt: NOW }, {}, true],
    ['is free once the connection of its owner has ended', { isConnected: false }, {}, true],
    ['is free for its own owner, who lost it and comes back', {}, { owner: 'a' }, true],
    ['is not free while it was not looked at for its whole length', {}, { unchangedMs: 11_999 }, false],
    ['is free when it was not renewed for its whole length', {}, { unchangedMs: 12_000 }, true],
    ['is free then, though a clock was put back', { expiresAt: NOW * 2 }, { unchangedMs: 12_000 }, true],
  ] as const)('%s', (_, row, who, free) => {
    expect(isFree({ row: { ...held, ...row }, now: NOW }, { ...looking, ...who })).toBe(free)
  })

  test.each([
    ['the same row', {}, false],
    ['a row that expires later', { expiresAt: NOW + 2 }, true],
    ['a row that was taken anew', { epoch: 8, expiresAt: NOW }, true],
    ['a row that was given back', { expiresAt: 0 }, false],
    ['a row whose connection ended', { isConnected: false }, false],
  ] as const)('was renewed, seen by %s: %o', (_, change, renewed) => {
    expect(isRenewed(held, { ...held, ...change })).toBe(renewed)
  })
})
