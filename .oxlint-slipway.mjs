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

/** Callers stand above the functions they call; functions that call each other in a circle stand as they like. */
const callersAboveCallees = {
  create(context) {
    return {
      'Program:exit'(program) {
        const { scopes } = context.sourceCode.scopeManager;
        const scope = scopes.find(({ type }) => type === 'module') ?? scopes[0];
        const topLevel = scope.variables.flatMap(({ name, defs: [definition], references }) => {
          const used = references.filter(({ identifier }) => !isOfType(identifier));
          const users = used.map(({ identifier }) => statementOf(identifier, program));
          return definition ? [{ name, node: statementOf(definition.name, program), users }] : [];
        });
        const callersOf = (node) =>
          topLevel.filter((one) => one.node === node).flatMap(({ users }) => users);
        for (const { name, node, users } of topLevel) {
          if (!isFunction(node)) continue;
          for (const user of new Set(users)) {
            if (!isFunction(user) || user.start <= node.start) continue;
            if (isReached(user, node, callersOf)) continue;
            const message = `${name} stands above a function that calls it; put it below.`;
            context.report({ node, message });
            break;
          }
        }
      },
    };
  },
};

/** A file begins with a comment whose first sentence says what it is. */
const firstSentence = {
  create(context) {
    return {
      Program(node) {
        const comment = /^(?:#!.*\n)?\/\*\*(.*?)\*\//s.exec(context.sourceCode.text)?.[1] ?? '';
        if (/\S[.?]\s/.test(comment)) return;
        context.report({ node, message: 'Begin with a sentence that says what this file is.' });
      },
    };
  },
};

const neighbour = /(?:^|\/)(?:event-hub|kube|temporal)\//;
const reader = /^(?:(?:read|list|get|inspect|describe|query)[A-Z].*|consumerLag|openBucket)$/;
/** Members that write, and the connections of a neighbour, over which anything could be written. */
const writer =
  /^(?:(?:create|patch|replace|delete|publish)(?:[A-Z].*)?|update|change|put|remove|purge|start|connection|jetstream|manager|client|send)$/;

/** Of the hub, Kubernetes and Temporal only what reads may be used, under its own name. */
const readsOnly = {
  create(context) {
    const refuse = (node) =>
      context.report({ node, message: 'Views read only: this may write, or hides what does.' });
    const refuseFrom = (node) => {
      if (neighbour.test(node.source?.value) && node.exportKind !== 'type') refuse(node);
    };
    const refuseWriter = (node, key, computed) => {
      const name = computed ? key.value : (key.name ?? key.value);
      if (writer.test(name)) refuse(node);
    };
    return {
      ImportDeclaration({ source, importKind, specifiers }) {
        if (importKind === 'type' || !neighbour.test(source.value)) return;
        for (const one of specifiers)
          if (one.importKind !== 'type' && !reader.test(one.imported?.name)) refuse(one);
      },
      ImportExpression: refuse,
      ExportNamedDeclaration: refuseFrom,
      ExportAllDeclaration: refuseFrom,
      MemberExpression(node) {
        refuseWriter(node, node.property, node.computed);
      },
      'ObjectPattern > Property'(node) {
        refuseWriter(node, node.key, node.computed);
      },
    };
  },
};

function statementOf(node, program) {
  let statement = node;
  while (statement.parent !== program) statement = statement.parent;
  return statement;
}

/** `typeof f` as a type calls nothing. */
function isOfType({ parent }) {
  return parent.type === 'TSTypeQuery';
}

function isFunction(statement) {
  return (statement.declaration ?? statement).type === 'FunctionDeclaration';
}

/** Whether `from` uses `to`, itself or through others. */
function isReached(to, from, callersOf) {
  const seen = new Set([to]);
  for (const node of seen) for (const caller of callersOf(node)) seen.add(caller);
  return seen.has(from);
}

export default {
  meta: { name: 'slipway' },
  rules: {
    'math-by-name': mathByName,
    'function-declarations': functionDeclarations,
    'callers-above-callees': callersAboveCallees,
    'first-sentence': firstSentence,
    'reads-only': readsOnly,
  },
};
