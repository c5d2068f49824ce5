// docs/architecture.md, "Routing": what a path says by itself, and which paths could lead out of a deployment's folder.
import { answer, redirect } from './answers.js';

const NAME_LIMIT = 900; // bytes of a decoded path; encoded, each may be three (%41)
// A path of as many characters has no more bytes: in UTF-8 a character has 4 at most (RFC 3629).
export const SHORT = 225;

// Only a path with something of ODD is decoded and looked at closely.
export const ODD = /[\x00-\x1f\\\x7f+]|\/[./]|%(?:[01]|2[ef]|5c|7f)/i;

// What a path may be asking for: a page whose address nobody sees, as a rule leads to it; a page; a page or, if the live
// deployment has files of that extension, a file; a file; what lies below a dot
export const REWRITTEN = -1;
export const PAGE = 0;
export const EITHER = 1;
export const FILE = 2;
export const HIDDEN = 3;

// Types of files on the web (MDN, Common media types) by first letter; also= names what else a site has.
export const EXTENSIONS =
  /\.(?=\w+$)(?:svg|p(?:ng|df|ptx?)|j(?:s|son|pe?g)|html?|css|x(?:ml|lsx?)|t(?:xt|tf|ar)|w(?:eb[mp]|off2?|ebmanifest|asm|av)|ic[os]|m(?:ap|js|p[34]|4a|ov)|g(?:if|z)|a(?:vif|tom|png|ac)|o(?:tf|gg|dt)|e(?:ot|pub)|r(?:ss|ar|tf)|csv|vtt|bmp|flac|zip|7z|docx?)$/i;

export function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch (e) {
    // no UTF-8: what could lead out of the folder is ASCII. In njs a replace(), or a split() by an expression, can loop
    // for ever here.
    const parts = text.split('%').map((part, i) => (i && part.search(/^[0-7][\dA-Fa-f]/) ? '25' + part : part));
    return decodeURIComponent(parts.join('%'));
  }
}

// With each slash once; two would look like a comment, and a split by an expression costs njs a match at each character
export function single(path) {
  while (path.includes('\x2f/')) path = path.split('\x2f/').join('/');
  return path;
}

// As S3 reads a plus sign as a space; in pairs first, which halves the array
export const keyed = (path) => path.split('++').join('%2B%2B').split('+').join('%2B');

// The path decoded, or an answer that refuses it or leads to the path without repeated slashes
export function inspect(uri, request) {
  if (uri[3 * NAME_LIMIT]) return answer(414, 'URI Too Long');
  const clean = single(uri);
  const decoded = decode(clean);
  if (clean[0] !== '/' || decoded.search(/[\x00-\x1f\\\x7f]|\/(?:\/|\.\.?(?:\/|$))/) >= 0) {
    return answer(400, 'Bad Request');
  }
  if (Buffer.byteLength(decoded) > NAME_LIMIT) return answer(414, 'URI Too Long');
  return clean === uri ? decoded : redirect(clean, request);
}
