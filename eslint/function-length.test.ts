import { RuleTester } from 'eslint';
import { afterAll, describe, it } from 'vitest';
import { functionLength } from './function-length.js';

Object.assign(RuleTester, { afterAll, describe, it });

const lines = (count: number) => 'step();\n'.repeat(count);

new RuleTester().run('function-length', functionLength, {
  valid: [
    { name: 'a short function', code: `function short() {\n${lines(3)}}`, options: [{ max: 5 }] },
    {
      name: 'a factory is as long as what is its own',
      code: `const parts = () => {\nconst first = () => {\n${lines(3)}};\nreturn { first, second: () => {\n${lines(3)}} };\n};`,
      options: [{ max: 5 }],
    },
  ],
  invalid: [
    {
      name: 'a long one',
      code: `function long() {\n${lines(4)}}`,
      options: [{ max: 5 }],
      errors: [{ messageId: 'long', data: { lines: '6', max: '5' } }],
    },
    {
      name: 'a callback belongs to the function that passes it',
      code: `const work = () => {\ntransact(() => {\n${lines(3)}});\n};`,
      options: [{ max: 6 }],
      errors: [{ messageId: 'long', data: { lines: '7', max: '6' } }],
    },
  ],
});
