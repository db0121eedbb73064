import eslint from "@eslint/js";
import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["dist/", "coverage/", "node_modules/", "test/fixtures/", "test/golden/", ".tocsin/"] },
  eslint.configs.recommended,
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: {
        project: [
          "./src/domain/tsconfig.json",
          "./workflows/tsconfig.json",
          "./tsconfig.node.json",
          "./tsconfig.test.json",
        ],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      // `{ a, ...rest }` is how a field is left out of readonly data.
      "@typescript-eslint/no-unused-vars": ["error", { ignoreRestSiblings: true }],
      "no-console": "error",
      "no-restricted-syntax": [
        "error",
        { selector: "ExportDefaultDeclaration", message: "Named exports only." },
      ],
      eqeqeq: "error",
    },
  },
  {
    files: ["workflows/**/*.ts"],
    rules: {
      // Workflow code replays: what it keeps outside a function would leak from one execution into the next.
      "no-restricted-syntax": [
        "error",
        {
          selector: "Program > VariableDeclaration[kind!='const']",
          message: "No module state in workflow code.",
        },
        {
          selector: "Program > ExportNamedDeclaration > VariableDeclaration[kind!='const']",
          message: "No module state in workflow code.",
        },
        { selector: "ExportDefaultDeclaration", message: "Named exports only." },
      ],
      "no-restricted-globals": ["error", "process", "Buffer", "fetch", "setInterval", "require"],
    },
  },
  {
    files: ["*.config.js", "*.cjs"],
    languageOptions: { globals: { module: "readonly", process: "readonly" } },
  },
);
