/**
 * The one way around `no-restricted-properties` that people take: `const M = Math; M.random()`.
 * In domain/ the word Math may only stand before a dot or a bracket.
 */
const mathByName = {
  create(context) {
    return {
      Identifier(node) {
        if (node.name !== 'Math') return;
        const { parent } = node;
        const isOwner = parent.type === 'MemberExpression' && parent.object === node;
        const isKey = parent.type === 'MemberExpression' || parent.type === 'Property';
        if (isOwner || (isKey && parent.value !== node)) return;
        context.report({ node, message: 'Use Math in place: under another name it hides random.' });
      },
    };
  },
};

export default { meta: { name: 'slipway' }, rules: { 'math-by-name': mathByName } };
