import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";

/** A certificate that nobody has signed but its own key, as PEM. */
export interface SelfSigned {
  readonly key: string;
  readonly cert: string;
}

/** A certificate for one host name, made with Node.js alone: X.509, RFC 5280, ECDSA with SHA-256. */
export function selfSigned(
  hostName: string,
  { notBefore = -60_000, notAfter = 3_600_000 }: { notBefore?: number; notAfter?: number } = {},
): SelfSigned {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const name = sequence(tlv(0x31, sequence(oid("550403"), tlv(0x0c, Buffer.from(hostName)))));
  const algorithm = sequence(oid("2a8648ce3d040302"));
  const body = sequence(
    tlv(0xa0, tlv(0x02, Buffer.of(2))),
    tlv(0x02, Buffer.concat([Buffer.of(1), digestOf(publicKey).subarray(0, 8)])),
    algorithm,
    name,
    sequence(time(Date.now() + notBefore), time(Date.now() + notAfter)),
    name,
    publicKey.export({ type: "spki", format: "der" }),
    tlv(
      0xa3,
      sequence(
        // Subject alternative name: one DNS name. Basic constraints: an authority, so that it can vouch for itself.
        sequence(oid("551d11"), tlv(0x04, sequence(tlv(0x82, Buffer.from(hostName))))),
        sequence(oid("551d13"), tlv(0x01, Buffer.of(0xff)), tlv(0x04, sequence(tlv(0x01, Buffer.of(0xff))))),
      ),
    ),
  );
  const signature = tlv(0x03, Buffer.concat([Buffer.of(0), sign("sha256", body, privateKey)]));
  const cert = sequence(body, algorithm, signature).toString("base64");
  return {
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${cert.replace(/.{64}/g, "$&\n")}\n-----END CERTIFICATE-----\n`,
  };
}

function digestOf(key: KeyObject): Buffer {
  return createHash("sha256")
    .update(key.export({ type: "spki", format: "der" }))
    .digest();
}

/** A tag, a length, a value: DER. */
function tlv(tag: number, value: Buffer): Buffer {
  const { length } = value;
  if (length < 0x80) return Buffer.concat([Buffer.of(tag, length), value]);
  const bytes = length < 0x100 ? Buffer.of(length) : Buffer.of(length >> 8, length & 0xff);
  return Buffer.concat([Buffer.of(tag, 0x80 | bytes.length), bytes, value]);
}

const sequence = (...parts: readonly Buffer[]) => tlv(0x30, Buffer.concat(parts));
const oid = (hex: string) => tlv(0x06, Buffer.from(hex, "hex"));
const time = (ms: number) =>
  tlv(
    0x17,
    Buffer.from(
      new Date(ms).toISOString().replace(/^\d\d(\d\d)-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d).*/, "$1$2$3$4$5$6Z"),
    ),
  );
