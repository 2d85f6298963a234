import { generateKeyPairSync, randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir, hostname, userInfo } from "node:os";
import path from "node:path";
import forge from "node-forge";
import { UserError } from "../kernel/user-error";

// CommonJS: ES modules find its members through the default export alone.
const { asn1, md, pki } = forge;

/** What a server on this machine proves itself with, and the file that a client has to trust for that. */
export interface LocalCertificate {
  readonly key: string;
  readonly cert: string;
  /** The certificate of the authority that signed it. */
  readonly authorityFile: string;
}

const dayMs = 86_400_000;
const authorityDays = 3650;
/** The runtime creates one at every start; none is kept. */
const certificateDays = 30;

/**
 * A certificate for the names of this machine's loopback interface, signed by an authority of the user's own that is created once.
 * Nothing else can be signed with its key that anybody would take: it is constrained to those names.
 *
 * @throws UserError where the folder cannot be used
 */
export function localCertificate(folder = authorityFolder(), now = new Date()): LocalCertificate {
  const authority = readAuthority(folder, now) ?? createAuthority(folder, now);
  const keys = generateKeys();
  const certificate = prepare(keys.publicKey, now, certificateDays);
  certificate.setSubject([{ name: "commonName", value: "localhost" }]);
  certificate.setIssuer(authority.certificate.subject.attributes);
  certificate.setExtensions([
    { name: "basicConstraints", cA: false, critical: true },
    { name: "keyUsage", digitalSignature: true, keyEncipherment: true, critical: true },
    { name: "extKeyUsage", serverAuth: true },
    {
      name: "subjectAltName",
      altNames: [
        { type: 2, value: "localhost" },
        { type: 7, ip: "127.0.0.1" },
        { type: 7, ip: "::1" },
      ],
    },
  ]);
  certificate.sign(authority.key, md.sha256.create());
  return {
    key: keys.pem,
    cert: pki.certificateToPem(certificate),
    authorityFile: path.join(folder, "authority.pem"),
  };
}

/** Where a program keeps what is the user's and survives a restart (XDG Base Directory Specification). */
function authorityFolder(): string {
  const state = process.env.XDG_STATE_HOME;
  const base =
    state !== undefined && path.isAbsolute(state) ? state : path.join(homedir(), ".local", "state");
  return path.join(base, "secure-lambda");
}

interface Authority {
  readonly certificate: forge.pki.Certificate;
  readonly key: forge.pki.rsa.PrivateKey;
}

/** `undefined` where there is none yet, or where it ends before a certificate of today would. */
function readAuthority(folder: string, now: Date): Authority | undefined {
  const [certFile, keyFile] = filesIn(folder);
  if (!existsSync(certFile) || !existsSync(keyFile)) return undefined;
  try {
    const certificate = pki.certificateFromPem(readFileSync(certFile, "utf8"));
    const key = pki.privateKeyFromPem(readFileSync(keyFile, "utf8"));
    if (!certificate.verify(certificate)) throw new Error("it does not verify");
    const own = pki.setRsaPublicKey(key.n, key.e);
    if (pki.publicKeyToPem(own) !== pki.publicKeyToPem(certificate.publicKey))
      throw new Error("the key is another's");
    const lasts = certificate.validity.notAfter.getTime() - now.getTime() > certificateDays * dayMs;
    return lasts ? { certificate, key } : undefined;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UserError(
      `the local authority in ${folder} cannot be used (${why}): delete the folder, and the next start creates another`,
    );
  }
}

function createAuthority(folder: string, now: Date): Authority {
  const keys = generateKeys();
  const certificate = prepare(keys.publicKey, now, authorityDays);
  const own = `Secure Lambda, local authority of ${userInfo().username} on ${hostname()}`;
  // The library writes a PrintableString. One with other characters is ERR_SSL_SERVER_CERT_BAD_FORMAT for Chromium.
  const name = [{ name: "commonName", value: own.replace(/[^A-Za-z0-9 ,.-]/g, "-") }];
  certificate.setSubject(name);
  certificate.setIssuer(name);
  certificate.setExtensions([
    { name: "basicConstraints", cA: true, pathLenConstraint: 0, critical: true },
    { name: "keyUsage", keyCertSign: true, cRLSign: true, critical: true },
    { name: "subjectKeyIdentifier" },
    { id: "2.5.29.30", critical: true, value: nameConstraints() },
  ]);
  certificate.sign(keys.privateKey, md.sha256.create());
  const [certFile, keyFile] = filesIn(folder);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(keyFile, keys.pem, { mode: 0o600 });
    // A file that was there already keeps its mode.
    chmodSync(keyFile, 0o600);
    writeFileSync(certFile, pki.certificateToPem(certificate));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UserError(
      `the local authority cannot be kept in ${folder} (${why}): name another folder in XDG_STATE_HOME`,
    );
  }
  return { certificate, key: keys.privateKey };
}

function filesIn(folder: string): readonly [certificate: string, key: string] {
  return [path.join(folder, "authority.pem"), path.join(folder, "authority-key.pem")];
}

/** RFC 5280, section 4.2.1.10: `localhost` and what is below it, 127.0.0.1 and ::1. */
function nameConstraints(): forge.asn1.Asn1 {
  const subtree = (tag: number, bytes: string) =>
    sequence([asn1.create(asn1.Class.CONTEXT_SPECIFIC, tag, false, bytes)]);
  const exactly = (address: Buffer) =>
    Buffer.concat([address, Buffer.alloc(address.length, 0xff)]).toString("latin1");
  const loopback6 = Buffer.alloc(16);
  loopback6.writeUInt8(1, 15);
  const permitted = asn1.create(asn1.Class.CONTEXT_SPECIFIC, 0, true, [
    subtree(2, "localhost"),
    subtree(7, exactly(Buffer.from([127, 0, 0, 1]))),
    subtree(7, exactly(loopback6)),
  ]);
  return sequence([permitted]);
}

function sequence(values: forge.asn1.Asn1[]): forge.asn1.Asn1 {
  return asn1.create(asn1.Class.UNIVERSAL, asn1.Type.SEQUENCE, true, values);
}

/** Node.js makes a key in a fraction of the time that the library takes. */
function generateKeys() {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const key = pki.privateKeyFromPem(pem);
  return { pem, privateKey: key, publicKey: pki.setRsaPublicKey(key.n, key.e) };
}

function prepare(publicKey: forge.pki.rsa.PublicKey, now: Date, days: number): forge.pki.Certificate {
  const certificate = pki.createCertificate();
  certificate.publicKey = publicKey;
  certificate.serialNumber = serialNumber();
  certificate.validity.notBefore = new Date(now.getTime() - dayMs);
  certificate.validity.notAfter = new Date(now.getTime() + days * dayMs);
  return certificate;
}

/** Positive, and without a byte that says nothing: Chromium does not take any other (RFC 5280, section 4.1.2.2; X.690, section 8.3.2). */
function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes.writeUInt8((bytes.readUInt8(0) & 0x3f) | 0x40, 0);
  return bytes.toString("hex");
}
