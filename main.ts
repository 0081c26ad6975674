console.error("apex: not composed yet");
Deno.exit(1);
