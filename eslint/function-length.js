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
    /** Lines of named functions inside each function that is open. */
    const open = [];

    const enter = () => open.push(0);
    const leave = (node) => {
      const inside = open.pop() ?? 0;
      const all = node.loc.end.line - node.loc.start.line + 1;
      const own = all - inside;
      if (own > max) context.report({ node, messageId: 'long', data: { lines: own, max } });
      if (open.length === 0) return;
      const last = open.length - 1;
      open[last] += hasName(node) ? all : inside;
    };
    return { ':function': enter, ':function:exit': leave };
  },
};

const NAMING = new Set(['VariableDeclarator', 'Property', 'PropertyDefinition', 'MethodDefinition']);

const hasName = (node) => node.type === 'FunctionDeclaration' || NAMING.has(node.parent.type);
