import { UserManager, WebStorageStateStore } from "oidc-client-ts";
import type { AppConfig } from "../support/app-server";

/** oidc-client-ts in a page, unmodified but for its configuration. */
declare const CONFIG: AppConfig;

const manager = new UserManager({
  authority: CONFIG.issuer,
  metadataUrl: CONFIG.discovery,
  client_id: CONFIG.clientId,
  redirect_uri: CONFIG.callback,
  scope: "openid email",
  loadUserInfo: true,
  userStore: new WebStorageStateStore({ store: localStorage }),
});

const app = {
  begin: () => manager.signinRedirect(),
  finish: async () => (await manager.signinCallback())?.profile,
  user: async () => (await manager.getUser())?.profile.email,
  idToken: async () => (await manager.getUser())?.id_token,
  renew: async () => {
    const before = await manager.getUser();
    const after = await manager.signinSilent();
    return { sub: after?.profile.sub, isAnother: before?.access_token !== after?.access_token };
  },
  revoke: async () => {
    const has = async () => typeof (await manager.getUser())?.refresh_token === "string";
    const before = await has();
    await manager.revokeTokens(["refresh_token"]);
    return { before, after: await has() };
  },
};
Object.assign(globalThis, { app });
