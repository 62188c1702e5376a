// An identity provider for tests: oidc-provider, with one API and the clients that the command line names.
// node provider.mjs PORT '{"audience": "...", "scopes": "...", "clients": [...]}'
import Provider from "oidc-provider";

const [port, settings] = [Number(process.argv[2]), JSON.parse(process.argv[3])];
const issuer = `http://127.0.0.1:${port}`;

const provider = new Provider(issuer, {
  clients: settings.clients,
  clientDefaults: { grant_types: ["authorization_code"], response_types: ["code"] },
  cookies: { keys: ["a key of tests"] },
  scopes: ["openid", ...settings.scopes.split(" ")],
  claims: { openid: ["sub", "preferred_username"] },
  conformIdTokenClaims: false,
  findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub, preferred_username: `${sub} of the tests` }) }),
  pkce: { required: () => true },
  ttl: { AccessToken: 600, ClientCredentials: 600, IdToken: 600, Grant: 600, Interaction: 600, Session: 600 },
  features: {
    clientCredentials: { enabled: true },
    rpInitiatedLogout: { enabled: true },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: () => ({
        scope: settings.scopes, audience: settings.audience, accessTokenFormat: "jwt", accessTokenTTL: 600,
      }),
      useGrantedResource: () => true,
    },
  },
});
provider.listen(port, "127.0.0.1", () => console.log("listening"));
