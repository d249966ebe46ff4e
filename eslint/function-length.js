/**
 * The lines of a function that are its own: functions with a name inside it (a factory's methods, a handler of many)
 * count for themselves. A callback belongs to the function that passes it.
 * @type {import('eslint').Rule.RuleModule}
 */
export const functionLength = {
  meta: {
    type: 'suggestion',
    schema: [{ type: 'object', properties: { max: { type: 'integer' } }, additionalProperties: false }],
    messages: { long: 'This function has {{lines}} lines of its own; one that passes {{max}} is two functions.' },
  },
  create(context) {
    const { max } = context.options[0];
    /**
     * Lines of named functions inside each function that is open.
     * @type {number[]}
     */
    const open = [];

    const enter = () => void open.push(0);
    /** @param {import('eslint').Rule.Node} node */
    const leave = (node) => {
      const inside = open.pop() ?? 0;
      const all = node.loc ? node.loc.end.line - node.loc.start.line + 1 : 0;
      const own = all - inside;
      if (own > max) context.report({ node, messageId: 'long', data: { lines: String(own), max: String(max) } });
      const around = open.length - 1;
      if (around >= 0) open[around] = (open[around] ?? 0) + (hasName(node) ? all : inside);
    };
    return { ':function': enter, ':function:exit': leave };
  },
};

const NAMING = new Set(['VariableDeclarator', 'Property', 'PropertyDefinition', 'MethodDefinition']);

/** @param {import('eslint').Rule.Node} node */
const hasName = (node) => node.type === 'FunctionDeclaration' || NAMING.has(node.parent?.type ?? '');
