import { X509Certificate } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { localCertificate } from "../../../local/command/local-authority";
import { withKeysFrom } from "../../support/run/key-pairs";

const parent = mkdtempSync(path.join(tmpdir(), "authority "));
afterAll(() => rmSync(parent, { recursive: true, force: true }));

let folders = 0;
const newFolder = () => path.join(parent, String(folders++), "secure-lambda");
const now = new Date(Date.UTC(2026, 10, 25));
const read = (file: string) => new X509Certificate(readFileSync(file));

const folder = newFolder();
const certificate = withKeysFrom(0, () => localCertificate(folder, now));

/** The authority of that folder in another: its keys take long to generate. */
function copied(): string {
  const copy = newFolder();
  cpSync(folder, copy, { recursive: true });
  return copy;
}

describe("a certificate of the local authority", () => {
  const own = new X509Certificate(certificate.cert);
  const authority = read(certificate.authorityFile);

  it("is for this machine's loopback names, and for nothing else", () => {
    expect(own.subjectAltName).toBe("DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1");
    expect(["localhost", "example.com"].map((name) => own.checkHost(name))).toEqual(["localhost", undefined]);
    expect(own.ca).toBe(false);
  });

  it("is signed by the authority, which can vouch for those names alone", () => {
    expect(own.checkIssued(authority) && own.verify(authority.publicKey)).toBe(true);
    expect(authority.ca).toBe(true);
    // The extension's id and that it is critical, as DER has them (RFC 5280, section 4.2.1.10).
    expect(authority.raw.includes(Buffer.from("0603551d1e0101ff", "hex"))).toBe(true);
    expect(authority.raw.includes("localhost")).toBe(true);
  });

  it("is valid for a month, its authority for ten years", () => {
    expect(Date.parse(own.validTo) - now.getTime()).toBe(30 * 86_400_000);
    expect(new Date(authority.validTo).getUTCFullYear()).toBe(2036);
  });

  it("has a serial number that strict clients take: positive and in its shortest form", () => {
    const serials = [own, authority].map(({ serialNumber }) => serialNumber);

    // The first byte is 01 to 7f: a first bit of 1 is negative, and a first byte of 00 is one too many.
    for (const serial of serials) expect(serial).toMatch(/^[4-7][0-9A-F]{31}$/);
    for (const { raw, serialNumber } of [own, authority]) {
      expect(raw.includes(Buffer.from(`0210${serialNumber}`, "hex"))).toBe(true);
    }
  });

  it("has names of characters that strict clients take in a PrintableString", () => {
    for (const { subject, issuer } of [own, authority]) {
      expect(`${subject} ${issuer}`).toMatch(/^(CN=[A-Za-z0-9 ,."\\-]+ ?)+$/);
    }
  });

  it("comes with a key that nobody else may read", () => {
    expect(statSync(path.join(folder, "authority-key.pem")).mode & 0o777).toBe(0o600);
  });

  it("is another at the next start, of the same authority", () => {
    const next = withKeysFrom(2, () => localCertificate(folder, now));

    expect(next.cert).not.toBe(certificate.cert);
    expect(read(next.authorityFile).fingerprint256).toBe(authority.fingerprint256);
  });
});

describe("the local authority", () => {
  const [renewed, nearTheEnd] = [copied(), new Date(now.getTime() + 3625 * 86_400_000)];
  const second = withKeysFrom(2, () => localCertificate(renewed, nearTheEnd));

  it("is replaced before it ends", () => {
    const fingerprints = [certificate, second].map(({ authorityFile }) => read(authorityFile).fingerprint256);

    expect(new Set(fingerprints).size).toBe(2);
  });

  it.each([
    ["is damaged", "nonsense"],
    ["is another authority's key", readFileSync(path.join(renewed, "authority-key.pem"), "utf8")],
  ])("stops the start with a remedy when its key %s", (_what, key) => {
    const broken = copied();
    writeFileSync(path.join(broken, "authority-key.pem"), key);

    expect(() => localCertificate(broken, now)).toThrow(
      /^the local authority in .* cannot be used \(.*\): delete the folder, and the next start creates another$/,
    );
  });

  it("stops the start with a remedy where it cannot be kept", () => {
    const file = newFolder();
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, "a file");

    expect(() => withKeysFrom(0, () => localCertificate(file, now))).toThrow(
      /name another folder in XDG_STATE_HOME$/,
    );
  });
});
