/** A style sheet, which the build collects into one file. */
declare module "*.css";
