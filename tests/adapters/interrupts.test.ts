import { afterEach, describe, expect, it } from '@jest/globals'
import { type Interrupts, listenForInterrupts } from '../../scripts/adapters/interrupts.js'

const named = { code: 'Interrupted', message: 'stopped on request' }

describe('Ctrl-C', () => {
  let interrupts: Interrupts | undefined
  let left = 0
  const listen = (): Interrupts => {
    left = 0
    interrupts = listenForInterrupts(
      () => undefined,
      () => void (left += 1),
    )
    return interrupts
  }
  afterEach(() => interrupts?.close())

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    '(%s) once stops in order, and says that the same command goes on',
    (signal) => {
      const { signal: aborted } = listen()
      process.emit(signal)
      expect(aborted.reason).toMatchObject(named)
      expect((aborted.reason as { hint: string }).hint).toContain('the same command again')
      expect(left).toBe(0)
    },
  )

  it('twice leaves at once', () => {
    listen()
    process.emit('SIGINT')
    process.emit('SIGINT')
    expect(left).toBe(1)
  })

  it('is no concern of ours after the run', () => {
    const before = process.listenerCount('SIGINT')
    const { close } = listen()
    expect(process.listenerCount('SIGINT')).toBe(before + 1)
    close()
    expect(process.listenerCount('SIGINT')).toBe(before)
  })
})
