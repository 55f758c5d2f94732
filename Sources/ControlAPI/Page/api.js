// The calls to the node, and what comes without being asked for.

import { safe } from "./dom.js";
import { strings } from "./strings.js";

const base = "/api/v1";

/** Why a call failed. `kind` is the case of NodeFailure or null; `message` is for people. */
export class Failure extends Error {
  constructor(status, failure) {
    const [kind, values] = Object.entries(failure ?? {})[0] ?? [null, {}];
    super(sentence(kind, values) ?? (status === 0 ? strings.away.node : strings.failures.unknown(status)));
    Object.assign(this, { status, kind, values });
  }

  /** The node does not offer this: not built in, or not for this member. */
  get isMissing() {
    return [404, 405, 501].includes(this.status) && !this.kind || this.kind === "notAllowed";
  }
}

/** The sentence for a case of NodeFailure and its values. */
function sentence(kind, values) {
  if (!kind) return null;
  if (kind === "tooLarge") return strings.failures.tooLarge;
  const make = strings.failures[kind];
  if (typeof make !== "function" || kind === "unknown") return null;
  return make(shown(values));
}

/** Values of a failure or notice, with strangers' texts made safe. */
function shown(values) {
  const result = {};
  for (const [key, value] of Object.entries(values ?? {})) {
    result[key] = typeof value === "string" ? safe(value) : value;
  }
  if ("absent" in result) result.absent = result.absent.map((owner) => ({ ...owner, name: safe(owner.name) }));
  for (const key of ["owners", "paths", "withdrawn"]) if (key in result) result[key] = result[key].map(safe);
  if ("first" in result) {
    result.first = result.first.map(({ name, reason }) => ({ name: safe(name), why: failureSentence(reason) }));
  }
  if ("match" in result) result.match = shown(result.match);
  if ("retryAfterMilliseconds" in result) result.wait = Math.max(1, Math.ceil(result.retryAfterMilliseconds / 1000));
  return result;
}

export function failureSentence(failure) {
  return new Failure(0, failure).message;
}

export function noticeSentence(notice) {
  const [kind, values] = Object.entries(notice)[0] ?? [];
  const make = strings.notices[kind];
  if (!make) return null;
  const why = values.failure ? failureSentence(values.failure) : undefined;
  return make({ ...shown(values), why });
}

let locked = () => {};

/** Calls `listener` when the node wants the token. */
export function onLocked(listener) {
  locked = listener;
}

async function send(method, path, { body, signal } = {}) {
  const headers = { Authorization: `Bearer ${token}` };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  let response;
  try {
    response = await fetch(base + path, {
      method, headers, signal, cache: "no-store", body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch (error) {
    throw error.name === "AbortError" ? error : new Failure(0, null);
  }
  if (response.ok) return response;
  if (response.status === 401) locked();
  const answer = await response.json().catch(() => ({}));
  throw new Failure(response.status, answer.failure ?? (response.status === 413 ? { tooLarge: {} } : null));
}

/** One call with a JSON answer, null where there is none. */
export async function call(method, path, options) {
  const response = await send(method, path, options);
  const text = await response.text();
  return text ? JSON.parse(text) : null;
}

export const get = (path, options) => call("GET", path, options);
export const post = (path, body = {}) => call("POST", path, { body });
export const put = (path, body) => call("PUT", path, { body });
export const remove = (path) => call("DELETE", path);
export const part = encodeURIComponent;

/** A long call: `progress` gets NodeProgress, and the result comes in the end. */
export async function long(path, body, progress) {
  const response = await send("POST", path, { body });
  for await (const line of pieces(response, "\n")) {
    const message = JSON.parse(line);
    if (message.failure) throw new Failure(200, message.failure);
    if ("result" in message) return message.result;
    if (message.progress) progress(message.progress);
  }
  throw Object.assign(new Failure(0, null), { message: strings.failures.lost });
}

/** What comes between two `separator`s, as it comes. */
async function* pieces(response, separator) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    rest += value ?? "";
    const whole = rest.split(separator);
    rest = done ? "" : whole.pop();
    yield* whole.filter((each) => each.trim());
    if (done) return;
  }
}

/**
 * The server-sent events, one after the other. An EventSource cannot show the token.
 *
 * `opened` is called when they begin, `heard` with name and value of each, and `ended` when no more come, unless the
 * function that is returned was called before.
 */
export function events({ opened, heard, ended }) {
  const stop = new AbortController();
  const listen = async () => {
    const response = await send("GET", "/events", { signal: stop.signal });
    opened();
    for await (const event of pieces(response, "\n\n")) {
      const fields = new Map(event.split("\n").map((line) => line.split(/: ?(.*)/s)));
      if (fields.has("event")) heard(fields.get("event"), JSON.parse(fields.get("data")));
    }
  };
  listen().catch(() => {}).then(() => {
    if (!stop.signal.aborted) ended();
  });
  return () => stop.abort();
}

/** Sends a file's bytes; `progress` gets the bytes sent. Of an audience of null nothing is said. */
export async function upload(file, audience, progress) {
  // A browser hears of a refusal only when it has sent all.
  if (audience && !audience.isEverybody) await post("/audiences", audience);
  const query = new URLSearchParams(audience?.readers.map((name) => ["to", name]) ?? []);
  if (audience?.isListed) query.set("locked", "true");
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("PUT", `${base}/uploads/${part(file.name)}?${query}`);
    request.setRequestHeader("Authorization", `Bearer ${token}`);
    request.responseType = "text";
    request.upload.onprogress = (event) => progress(event.loaded);
    request.onerror = () => reject(new Failure(0, null));
    request.onload = () => {
      const lines = request.responseText.split("\n").filter((line) => line.trim());
      let answer = {};
      try { answer = JSON.parse(lines.at(-1) ?? "{}"); } catch { /* The status says enough. */ }
      if (request.status >= 300 || answer.failure) {
        reject(new Failure(request.status, answer.failure ?? (request.status === 413 ? { tooLarge: {} } : null)));
      } else resolve(answer.result ?? answer);
    };
    request.send(file);
  });
}

/** Where a publication's bytes are, with the key that opens them: a player sends no headers of ours. */
export async function fileAddress(name) {
  const path = `/files/${name.split("/").map(part).join("/")}`;
  const bytes = (text) => new TextEncoder().encode(text);
  const secret = await crypto.subtle.importKey("raw", bytes(token), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const key = new Uint8Array(await crypto.subtle.sign("HMAC", secret, bytes(path)));
  return `${path}?key=${Array.from(key, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

/** Of this node, as the address told it. It is kept by host and port, and worth nothing when the node has ended. */
let token = "-";

/** Takes the token out of the address. */
export function openSession() {
  const told = new URLSearchParams(location.hash.slice(1)).get("token");
  if (told) {
    token = told;
    history.replaceState(null, "", location.pathname);
  }
  try {
    if (told) localStorage.setItem("token", told);
    else token = localStorage.getItem("token") ?? token;
  } catch { /* A browser that keeps nothing: it is good for this tab. */ }
}
