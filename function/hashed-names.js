// docs/decisions/uploader-shared-files.md: which names carry a hash, as all deployments share such files.
// codebuild/content/hashed_names.py has the same rule; tests/edge/test_hashed_names.py shows that both agree.

export const HASHED =
  /(?:^\/(?:_next\/static\/(?:chunks|css|media)|_app\/immutable|_astro|_nuxt(?!\/builds))\/.*\.|(?:[./-](?=\d*[a-f])(?=[a-f]*\d)[\da-f]{8,64}|[.-](?=[\w-]{8}\.)(?!(?:[^A-Z.]+|[A-Z]+[_-]?\d+|\d+[A-Z]?[a-z]+|[A-Z]?[a-z]+(?:\d+|[_-]?[A-Z]?[a-z]+))\.)[\w-]{8})\.(?:(?:lean|entry|chunk|min|legacy|bundle)\.)??)(?:m?js|css|woff2?|[ot]tf|eot|wasm|svg|png|jpe?g|gif|webp|avif|ico)$/;
// People too name images by numbers, models and services: elsewhere an image needs a bundler's folder and form. Hex
// behind a number's dash is no hash of its own, nor behind that of %C3 or the like.
const FOLDER = /\/(?:assets|media|static|images|img|_static)(?=\/)/;
const FORM =
  /(?:(?:[./]|[^%][^%][A-Za-z_]-)(?=[\da-f]+\.\w+$)(?:.{8}|.{16}|.{20}|(?!.{12}4...[89ab]).{32}|.{40}|.{64})|\.[\da-f]{12}|[.-](?:[A-Z2-7]{8}|(?=[\w-]*[a-z])(?=[\w-]*[A-Z])(?!(?:[A-Za-z]?[A-Z][a-z]{3,}|(?:[A-Z]?[a-z]{2,}){2})(?:[A-Z]{1,2}|\d{1,2})\.)[\w-]{8}))\.\w+$/;

// Of what HASHED found at `start`: code, or an image that a bundler has named
export function isBuilt(uri, ends, start, letter) {
  // the extension's second letter tells svg, png, jpg, jpeg, gif, webp, avif and ico from the others
  // only the folders of frameworks are found at the very start and begin with a low line
  return (
    letter === 's' ||
    !'vnpiec'.includes(letter) ||
    (start === 0 && ends[1] === '_') ||
    (uri.search(FOLDER) >= 0 && ends.search(FORM) >= 0)
  );
}
