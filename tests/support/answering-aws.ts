import { type RequestListener, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type ClientConfig, answerWithin } from '../../scripts/adapters/aws/clients.js'

/** Does the work with clients of an AWS on this machine that answers as told, and ends it. */
export async function withAws<T>(
  answer: RequestListener,
  work: (config: ClientConfig) => Promise<T>,
  maxAttempts = 1,
): Promise<T> {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    return await work({
      region: 'eu-west-1',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      maxAttempts,
      retryMode: 'standard',
      requestHandler: answerWithin,
    })
  } finally {
    server.closeAllConnections()
    server.close()
  }
}
