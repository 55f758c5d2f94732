// Numbers and times as people read them.

import { language, strings } from "./strings.js";

const digits = [0, 1, 2].map((count) => new Intl.NumberFormat(language, {
  minimumFractionDigits: count, maximumFractionDigits: count,
}));
const moment = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
const ago = new Intl.RelativeTimeFormat(language, { numeric: "auto" });

/** Bytes in binary units with three significant digits, as the commands say them. */
export function size(bytes) {
  let value = Math.max(0, bytes);
  let unit = 0;
  if (value < 1024) return `${digits[0].format(value)} ${strings.sizes[0]}`;
  while (value >= 999.5 && unit < strings.sizes.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${digits[value < 9.995 ? 2 : value < 99.95 ? 1 : 0].format(value)} ${strings.sizes[unit]}`;
}

/** Bytes a second. */
export function rate(perSecond) {
  return strings.rate(size(Math.round(perSecond)));
}

/** Rounded down: 100 % is all of it. */
export function percent(done, total) {
  if (!total) return "";
  const share = Math.min(1, done / total) * 100;
  return strings.percent(share < 10 && share > 0 ? digits[1].format(Math.floor(share * 10) / 10)
    : digits[0].format(Math.floor(share)));
}

export function left(seconds) {
  if (!Number.isFinite(seconds) || seconds > 99 * 86400) return strings.left.long;
  if (seconds < 90) return strings.left.seconds(Math.max(1, Math.ceil(seconds)));
  if (seconds < 5400) return strings.left.minutes(Math.round(seconds / 60));
  if (seconds < 172800) return strings.left.hours(Math.round(seconds / 3600));
  return strings.left.days(Math.round(seconds / 86400));
}

/** Of milliseconds since 1970. */
export function time(milliseconds) {
  return moment.format(new Date(milliseconds));
}

export function since(milliseconds) {
  const seconds = Math.round((milliseconds - Date.now()) / 1000);
  for (const [unit, length] of [["day", 86400], ["hour", 3600], ["minute", 60]]) {
    if (Math.abs(seconds) >= length) return ago.format(Math.round(seconds / length), unit);
  }
  return ago.format(0, "minute");
}

/** A bit of a bitfield for each piece, high bit first, from base64. */
export function bits(base64) {
  return Uint8Array.from(atob(base64 ?? ""), (character) => character.charCodeAt(0));
}

export function hasBit(field, index) {
  return ((field[index >> 3] ?? 0) >> (7 - (index & 7))) & 1;
}

const kinds = {
  video: "mp4 m4v webm mkv mov ogv avi", audio: "mp3 m4a aac flac ogg oga opus wav",
  image: "jpg jpeg png gif webp avif svg", archive: "zip gz xz zst bz2 7z rar tar iso deb",
  text: "txt md pdf epub html csv json",
};
const kindOfEnding = new Map(Object.entries(kinds).flatMap(([kind, endings]) =>
  endings.split(" ").map((ending) => [ending, kind])));

/** What a publication looks like by its name: a key of icons.js. */
export function kind(item) {
  if (item.isFolder) return "folder";
  return kindOfEnding.get(item.name.split(".").pop().toLowerCase()) ?? "file";
}

export function isPlayable(item) {
  return ["video", "audio", "image"].includes(kind(item));
}
