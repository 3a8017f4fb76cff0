/** From now on the page may reach its own origin, its API and its pool, and nothing else. Policies add up: none widens. */
export function narrowPolicy({ api, signIn }, document = globalThis.document) {
  const places = [api, signIn?.endpoint].filter((address) => address !== undefined && address !== '')
  const origins = [...new Set(places.map((address) => new URL(address, document.baseURI).origin))]
  const meta = document.createElement('meta')
  meta.httpEquiv = 'Content-Security-Policy'
  meta.content = ["connect-src 'self'", ...origins].join(' ')
  document.head.append(meta)
}
