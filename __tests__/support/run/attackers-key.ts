import { attackersJwk } from "../../../local/console/defences/forged-token";
import { withKeysFrom } from "./key-pairs";

/** Suites with the console's attacks import this: the attackers' RSA key is then one of the run's, because keys take long to generate. */
withKeysFrom(2, () => attackersJwk("any"));
