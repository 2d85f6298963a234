import { render } from "preact";
import { keepToken } from "./kit/api";
import { startKeyboard } from "./kit/keyboard";
import { startLive } from "./kit/live";
import { startRouter } from "./kit/router";
import { startTheme } from "./kit/theme";
import { Shell } from "./shell";
import "./style/tokens.css";
import "./style/base.css";
import "./style/parts.css";
import "./style/pages.css";

keepToken();
startTheme();
startRouter();
startKeyboard();
startLive();
const root = document.getElementById("app");
if (root !== null) render(<Shell />, root);
