/** What is true of the store as a whole. */
import { column, type Table } from "./table.ts";

/** Whoever writes a property first settles it. */
export const STORE_PROPERTIES: Table<{ readonly name: string; readonly value: string }> = {
  name: "store_properties",
  key: ["name"],
  columns: [
    column("name", "text", (row) => row.name),
    column("value", "text", (row) => row.value, "keep-first"),
  ],
};

/** The property that says whose book the store keeps. */
export const BOOK_PROPERTY = "book";
