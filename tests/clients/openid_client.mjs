// A partner system in TypeScript or JavaScript: openid-client and jose as they are published.
//
// Everything but the gateway's address is found in its metadata. Environment: ISSUER, CLIENT_ID,
// CLIENT_SECRET, and for the assertion KEY_FILE (PKCS#8) and KEY_ID.
import { readFileSync } from 'node:fs'
import * as oauth from 'openid-client'
import { createRemoteJWKSet, importPKCS8, jwtVerify } from 'jose'

const { ISSUER, CLIENT_ID, CLIENT_SECRET, KEY_FILE, KEY_ID } = process.env
const issuer = new URL(ISSUER)
const pem = readFileSync(KEY_FILE, 'utf8')
const key = { key: await importPKCS8(pem, 'ES256'), kid: KEY_ID }

const methods = {
  client_secret_basic: oauth.ClientSecretBasic(CLIENT_SECRET),
  client_secret_post: oauth.ClientSecretPost(CLIENT_SECRET),
  private_key_jwt: oauth.PrivateKeyJwt(key),
}

for (const [name, method] of Object.entries(methods)) {
  // Plain HTTP, for a gateway on this machine.
  const options = { algorithm: 'oauth2', execute: [oauth.allowInsecureRequests] }
  const config = await oauth.discovery(issuer, CLIENT_ID, undefined, method, options)
  const metadata = config.serverMetadata()
  const parameters = { scope: 'role:HC purpose:P-HR', resource: new URL('/graphql', issuer).href }
  const tokens = await oauth.clientCredentialsGrant(config, parameters)

  const keys = createRemoteJWKSet(new URL(metadata.jwks_uri))
  const expected = { issuer: metadata.issuer, audience: 'migrant-gateway', typ: 'at+jwt' }
  const { payload } = await jwtVerify(tokens.access_token, keys, expected)
  if (payload.client_id !== CLIENT_ID) throw new Error('the token is of another client')

  const answer = await fetch(new URL('/graphql', issuer), {
    method: 'POST',
    headers: {
      authorization: `Bearer ${tokens.access_token}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ query: '{ persons(first: 1) { nodes { name } } }' }),
  })
  const { data, errors } = await answer.json()
  if (errors) throw new Error(JSON.stringify(errors))
  if (!data.persons.nodes[0].name) throw new Error('no name')

  const told = await oauth.tokenIntrospection(config, tokens.access_token)
  if (!told.active) throw new Error('the token is not active')
  await oauth.tokenRevocation(config, tokens.access_token)
  const after = await oauth.tokenIntrospection(config, tokens.access_token)
  if (after.active) throw new Error('the token was not revoked')
  console.log(`${name}: ok`)
}
