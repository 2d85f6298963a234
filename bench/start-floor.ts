/** What `npm start` serves with, imported and not used: beside it stands the start itself. */
import "../local/command/serve";
import "../local/runtime";
