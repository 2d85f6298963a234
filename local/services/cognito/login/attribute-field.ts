import type { UserPool } from "../user-pool";
import type { Field } from "./forms";

const known: Readonly<Record<string, Pick<Field, "label" | "type" | "autocomplete" | "hint">>> = {
  email: { label: "E-mail address", type: "email", autocomplete: "email" },
  name: { label: "Name", autocomplete: "name" },
  given_name: { label: "First name", autocomplete: "given-name" },
  family_name: { label: "Last name", autocomplete: "family-name" },
  middle_name: { label: "Middle name", autocomplete: "additional-name" },
  nickname: { label: "Nickname", autocomplete: "nickname" },
  preferred_username: { label: "Name to be called by", autocomplete: "nickname" },
  phone_number: {
    label: "Phone number",
    type: "tel",
    autocomplete: "tel",
    hint: "With its country: +12065550100",
  },
  birthdate: { label: "Date of birth", type: "date", autocomplete: "bday" },
  address: { label: "Address", autocomplete: "street-address" },
  gender: { label: "Gender", autocomplete: "sex" },
  locale: { label: "Language", autocomplete: "language", hint: "Such as en-US" },
  picture: { label: "Address of a picture", type: "url", autocomplete: "photo" },
  website: { label: "Website", type: "url", autocomplete: "url" },
  profile: { label: "Address of a profile", type: "url", autocomplete: "off" },
  zoneinfo: { label: "Time zone", autocomplete: "off", hint: "Such as Europe/London" },
};

/** The field of a user's attribute: `custom:team_name` is called "Team name". */
export function attributeField({ settings }: UserPool, name: string, value: string): Field {
  const own = known[name];
  if (own !== undefined) return { name, value, ...own };
  const words = name.slice(name.lastIndexOf(":") + 1).replaceAll("_", " ");
  const label = words.charAt(0).toUpperCase() + words.slice(1);
  const isNumber = settings.schema.get(name)?.dataType === "Number";
  return { name, value, label, autocomplete: "off", ...(isNumber ? { hint: "A number" } : {}) };
}
