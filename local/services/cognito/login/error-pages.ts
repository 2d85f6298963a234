import { html } from "../../../kernel/html";
import type { HttpResponse } from "../../../kernel/http-message";
import { pageResponse } from "../../../kernel/page";
import type { UserPool } from "../user-pool";
import type { PageError } from "./authorization-request";

const explanations: Readonly<Record<PageError, { readonly heading: string; readonly text: string }>> = {
  redirect_mismatch: {
    heading: "The address to go back to is not registered",
    text: "The app sent a redirect_uri that is not among the callback URLs of its client. They have to be equal in every character; a slash at the end counts.",
  },
  logout_mismatch: {
    heading: "The address to go to is not registered",
    text: "The app sent a logout_uri that is not among the sign-out URLs of its client. They have to be equal in every character; a slash at the end counts.",
  },
  unknown_client: {
    heading: "There is no such client",
    text: "The app sent a client_id that this user pool does not have.",
  },
  client_without_page: {
    heading: "This client does not use the login page",
    text: "Its allowed_oauth_flows_user_pool_client is false, or it has no flow for users in allowed_oauth_flows.",
  },
};

/**
 * What has no address to go back to. AWS shows a page of its own too (aws-aspnet-cognito-identity-provider#167); with which
 * status was not found. What is registered is shown because this is the machine of whoever registered it.
 */
export function showError(pool: UserPool, query: URLSearchParams): HttpResponse {
  const name = query.get("error") ?? "";
  const { heading, text } = new Map(Object.entries(explanations)).get(name) ?? {
    heading: "Something went wrong",
    text: "Go back to the app, and try again.",
  };
  const client = pool.clients.find(({ id }) => id === query.get("client_id"));
  const registered =
    name === "redirect_mismatch"
      ? client?.oauth.callbackUrls
      : name === "logout_mismatch"
        ? client?.oauth.logoutUrls
        : undefined;
  return pageResponse({
    status: 400,
    title: `Error: ${heading}`,
    main: html`<p class="eyebrow">${pool.settings.name}</p>
<h1>${heading}</h1>
<p>${text}</p>
${client !== undefined && html`<p>Client: ${client.name}, <code>${client.id}</code></p>`}
${registered?.length === 0 && html`<p>It has none registered.</p>`}
${
  registered !== undefined &&
  registered.length > 0 &&
  html`<p>Registered:</p><ul>${registered.map((url) => html`<li><code>${url}</code></li>`)}</ul>`
}`,
  });
}

export function notFound(pool: UserPool): HttpResponse {
  const clients = pool.clients.filter(({ oauth }) => oauth.enabled);
  return pageResponse({
    status: 404,
    title: "Error: there is no such page",
    main: html`<p class="eyebrow">${pool.settings.name}</p>
<h1>There is no such page</h1>
<p>An app sends its users to <code>/oauth2/authorize</code> or <code>/login</code>, with its <code>client_id</code>, <code>response_type</code> and <code>redirect_uri</code>.</p>
${clients.length > 0 && html`<p>Clients:</p><ul>${clients.map(({ name, id }) => html`<li>${name}, <code>${id}</code></li>`)}</ul>`}`,
  });
}
