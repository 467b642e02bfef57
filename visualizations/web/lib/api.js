/** What does the server say? Every request of the pages: one language, one session, problems as errors with words. */

import { signal } from "../vendor/runtime.js";
import { language } from "./words.js";

export const BASE = "/api/v1";

/** A request that did not succeed, in words for people: RFC 9457, in the language in hand. */
export class Problem extends Error {
  /** @param {{title: string, detail: string, hint?: string, code: string, status: number, instance?: string} & Record<string, unknown>} told */
  constructor(told) {
    super(told.detail);
    this.told = told;
    this.status = told.status;
    this.code = told.code;
  }
}

/** How many requests are under way: the shell shows that something is being fetched. */
export const underway = signal(0);
/** Whether the last request found nobody there. */
export const offline = signal(false);

/** How often something was changed: what the shell tells of the data is asked anew. */
export const written = signal(0);

/** @type {Map<string, {etag: string, body: unknown}>} */
const kept = new Map();
const KEPT_AT_MOST = 60; // answers that are asked for again by their tag only

/** A query as it stands in an address, what is empty left out, with its question mark. @param {Record<string, unknown>} query */
export function queryOf(query) {
  const asked = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const each of Array.isArray(value) ? value : [value]) {
      if (each !== null && each !== undefined && each !== "") asked.append(name, String(each));
    }
  }
  const text = asked.toString();
  return text ? `?${text}` : "";
}

/** Where a file is fetched that is called in the language in hand: a link says it in its address alone. @param {string} path @param {Record<string, unknown>} [query] */
export const fileAt = (path, query = {}) => `${BASE}${path}${queryOf({ ...query, language: language.value })}`;

/** @typedef {{account: string, role: string, title: {zh: string, en: string}, body: string | null, permissions: string[], sees_members: boolean, csrf: string | null}} Session */

/** Who is signed in; null where nobody is. @type {import("../vendor/runtime.js").Signal<Session | null>} */
export const session = signal(null);

/** Ask who is signed in. */
export async function whoAmI() {
  try {
    session.value = await (await send("GET", "/session")).json();
  } catch (fault) {
    if (!(fault instanceof Problem && fault.status === 401)) throw fault;
    session.value = null;
  }
}

/** Whether the account may do something. @param {string} permission */
export const may = (permission) => session.value?.permissions.includes(permission) ?? false;

/** Whether the account is the district's, not that of one body. */
export const ofDistrict = () => !session.value?.body;
/** Whether the account sees what is planned and followed in the whole district. */
export const oversees = () => ofDistrict() && Boolean(session.value?.sees_members);

/**
 * One request, its answer as it came. Errors: `Problem`.
 * @param {string} method
 * @param {string} path below `/api/v1`
 * @param {{query?: Record<string, unknown>, body?: unknown, headers?: Record<string, string>, abort?: AbortSignal}} [given]
 */
export async function send(method, path, { query = {}, body, headers = {}, abort } = {}) {
  /** @type {Record<string, string>} */
  const told = { Accept: "application/json", "Accept-Language": language.value, ...headers };
  const form = body instanceof FormData;
  if (body !== undefined && !form) told["Content-Type"] = "application/json";
  if (method !== "GET") told["X-CSRF-Token"] = session.value?.csrf ?? "";
  underway.value += 1;
  try {
    const answer = await fetch(`${BASE}${path}${queryOf(query)}`, {
      method,
      headers: told,
      body: body === undefined ? undefined : form ? /** @type {FormData} */ (body) : JSON.stringify(body),
      signal: abort,
      credentials: "same-origin",
    });
    offline.value = false;
    if (!answer.ok && answer.status !== 304) {
      if (answer.status === 401) session.value = null;
      throw new Problem(await problem(answer));
    }
    return answer;
  } catch (fault) {
    if (fault instanceof TypeError) offline.value = true;
    throw fault;
  } finally {
    underway.value -= 1;
  }
}

/** @param {Response} answer */
async function problem(answer) {
  const told = await answer.json().catch(() => ({}));
  return { title: answer.statusText, detail: answer.statusText, code: "unreadable", status: answer.status, ...told };
}

/**
 * What a route gives; what was fetched before comes from memory where the server says that it still holds.
 * @param {string} path
 * @param {Record<string, unknown>} [query]
 * @param {AbortSignal} [abort]
 * @returns {Promise<any>}
 */
export async function get(path, query = {}, abort) {
  const key = `${language.value} ${path}${queryOf(query)}`;
  const before = kept.get(key);
  const answer = await send("GET", path, { query, abort, headers: before ? { "If-None-Match": before.etag } : {} });
  if (answer.status === 304 && before) return before.body;
  const body = await answer.json();
  const etag = answer.headers.get("ETag");
  if (etag) {
    kept.delete(key);
    kept.set(key, { etag, body });
    if (kept.size > KEPT_AT_MOST) kept.delete(/** @type {string} */ (kept.keys().next().value));
  }
  return body;
}

/**
 * Change something; gives the answer's JSON, or nothing where there is none.
 * @param {"POST" | "PUT" | "PATCH" | "DELETE"} method
 * @param {string} path
 * @param {unknown} [body]
 * @param {Record<string, string>} [headers] such as `If-Match` with the expected revision
 * @returns {Promise<any>}
 */
export async function change(method, path, body, headers = {}) {
  const answer = await send(method, path, { body, headers });
  written.value += 1;
  return answer.status === 204 ? undefined : answer.json();
}
