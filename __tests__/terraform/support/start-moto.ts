import { startMotoServer } from "./moto-server";

/** Starts an AWS API of this process, says where, and waits to be killed. */
void startMotoServer(String(process.argv[2])).then(({ endpoint }) => process.stdout.write(`${endpoint}\n`));
