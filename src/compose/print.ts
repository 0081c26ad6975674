/** Standard output of a command that ends by itself. */

export async function print(text: string): Promise<void> {
  const { OutputStream } = await import("../presentation/output_stream.ts");
  const output = new OutputStream(Deno.stdout, 1);
  output.write(text);
  await output.flush();
}
