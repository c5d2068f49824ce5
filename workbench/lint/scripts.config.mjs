// What nobody may write in the scripts that people's browsers and our own Node run. What the edge functions' runtime
// lacks is in edge.config.mjs.
const names = (list) => Object.fromEntries(list.split(' ').map((name) => [name, 'readonly']));
const browser = names(
  'document window location navigator localStorage fetch AbortSignal WebSocket URLSearchParams ResizeObserver ' +
    'requestAnimationFrame setTimeout clearTimeout setInterval TextEncoder',
);
const node = names('process Buffer console require setTimeout clearTimeout URL TextEncoder TextDecoder atob btoa');
const rules = {
  'no-undef': 'error',
  'no-unused-vars': ['error', { caughtErrors: 'all', ignoreRestSiblings: true }],
  'no-var': 'error',
  'prefer-const': 'error',
  'no-redeclare': 'error',
  'no-dupe-keys': 'error',
  'no-unreachable': 'error',
  'no-self-compare': 'error',
  'no-eval': 'error',
  'no-implied-eval': 'error',
  'no-new-func': 'error',
  'no-useless-assignment': 'error',
  'array-callback-return': 'error',
  'consistent-return': 'off', // a handler may end early with what something else gives
  eqeqeq: 'error',
};
const markup = { message: 'texts of others become text nodes and nothing else' };

export default [
  {
    files: ['dashboard/page/*.js'],
    languageOptions: { ecmaVersion: 2024, sourceType: 'module', globals: browser },
    linterOptions: { reportUnusedDisableDirectives: true },
    rules: {
      ...rules,
      'no-restricted-syntax': [
        'error',
        // generator/javascript.py takes comments out and reads no text within a text
        { selector: 'TemplateLiteral TemplateLiteral', message: 'a text within a text: name the inner one' },
        { selector: 'AssignmentExpression > MemberExpression.left[property.name=/^(inner|outer)HTML$/]', ...markup },
        { selector: 'CallExpression[callee.property.name=/^(insertAdjacentHTML|write|writeln)$/]', ...markup },
      ],
    },
  },
  {
    files: ['local/edge/*.mjs', 'codebuild/*.js'],
    languageOptions: { ecmaVersion: 2024, globals: node },
    rules,
  },
];
