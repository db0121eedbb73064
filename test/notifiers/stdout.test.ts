import { stdout } from "../../src/notifiers/stdout.js";
import { describeNotifier } from "../contracts/notifier.js";

describeNotifier({ notifier: stdout, http: false, wireText: (lines) => lines.join("\n"), keys: () => ({}) });
