import { webhook } from "../../src/notifiers/webhook.js";
import { describeNotifier } from "../contracts/notifier.js";

describeNotifier({
  notifier: webhook,
  http: true,
  wireText: ({ body }) => body,
  keys: (url) => ({
    url,
    secret: "env:SUITE_SECRET",
    headers: { authorization: "env:SUITE_TOKEN" },
    allow_private: true,
  }),
});
