#:project ../../src/Semblance.Tokenizers/Semblance.Tokenizers.csproj
#:property PublishAot=false
#:property RestorePackagesWithLockFile=false

// Semblance's part of compare-tokenize.py: texts to ids on one thread, as often as asked.
using System.Diagnostics;
using System.Text.Json;
using Semblance.Tokenizers;

var tokenizer = Tokenizer.Load(args[0]);
var texts = JsonSerializer.Deserialize<string[]>(File.ReadAllText(args[1]))!;
var buffer = new TokenBuffer();
while (Console.ReadLine() is not null)
{
    var (watch, tokens, sum) = (Stopwatch.StartNew(), 0L, 0L);
    foreach (var text in texts)
    {
        tokenizer.Encode(text, null, 0, specialTokens: true, buffer);
        tokens += buffer.Count;
        foreach (var id in buffer.Ids)
        {
            sum += id;
        }
    }

    Console.WriteLine($"{watch.Elapsed.TotalSeconds} {tokens} {sum}");
}
