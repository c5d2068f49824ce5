// docs/decisions/uploader-shared-files.md: which names carry a hash, as all deployments share such files.
// codebuild/content/hashed_names.py has the same rule.

export const HASHED =
  /(?:^\/(?:_next\/static\/(?:chunks|css|media)|_app\/immutable|_astro|_nuxt(?!\/builds))\/.*\.|(?:[./-](?=\d*[a-f])(?=[a-f]*\d)[\da-f]{8,64}|[.-](?=[\w-]{8}\.)(?!(?:[^A-Z.]+|[A-Z]+[_-]?\d+|\d+[A-Z]?[a-z]+|[A-Z]?[a-z]+(?:\d+|[_-][A-Z]?[a-z]+)|[A-Z]?[a-z]{3,}(?:[A-Z][a-z]+)?|[A-Z]?[a-z]+[A-Z][a-z]{3,})\.)[\w-]{8})\.(?:(?:lean|entry|chunk|min|legacy|bundle)\.)??)(?:m?js|css|woff2?|[ot]tf|eot|wasm|svg|png|jpe?g|gif|webp|avif|ico)$/;
// People too name images by numbers, models and services: elsewhere an image needs a bundler's folder and form
const FOLDER = /\/(?:assets|media|static|images|img|_static)(?=\/)/;
const FORM =
  /(?:[./-](?=[\da-f]{8,64}\.)(?:[\da-f]{8}|[\da-f]{16}|[\da-f]{20}|(?!.{12}4...[89ab])[\da-f]{32}|[\da-f]{40}|[\da-f]{64})|\.[\da-f]{12}|[.-](?:[A-Z2-7]{8}|(?=[\w-]*[a-z])(?=[\w-]*[A-Z])(?!(?:[A-Za-z]?[A-Z][a-z]{3,}|(?:[A-Z]?[a-z]{2,}){2})(?:[A-Z]{1,2}|\d{1,2})\.)[\w-]{8}))\.\w+$/;

// Of what HASHED found at `start`: code, or an image that a bundler has named
export function isBuilt(uri, ends, start, letter) {
  // the extension's second letter tells svg, png, jpg, jpeg, gif, webp, avif and ico from the others
  // only the folders of frameworks are found at the very start and begin with a low line
  if (letter === 's' || !'vnpiec'.includes(letter) || (start === 0 && ends[1] === '_')) return true;
  const at = uri.search(FOLDER) < 0 ? -1 : ends.search(FORM);
  // digits behind a number's dash are no hash of their own; nor behind %C3 or the like
  return at > 0 && (ends[at] !== '-' || ends.slice(at).search(/[A-Z]/) > 0 || ends.slice(at - 3, at).search(/^[^%][^%][A-Za-z_]/) === 0);
}
