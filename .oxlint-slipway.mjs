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

/**
 * A file reads from the top down when its functions are declarations, which may stand below their callers. A constant
 * of a function type stays a constant: its type says more than a declaration could.
 */
const functionDeclarations = {
  create(context) {
    return {
      'Program > VariableDeclaration, Program > ExportNamedDeclaration > VariableDeclaration'(
        node,
      ) {
        for (const { id, init } of node.declarations) {
          if (init?.type !== 'ArrowFunctionExpression' || id.typeAnnotation) continue;
          context.report({ node: id, message: 'Declare it as a function.' });
        }
      },
    };
  },
};

export default {
  meta: { name: 'slipway' },
  rules: { 'math-by-name': mathByName, 'function-declarations': functionDeclarations },
};
