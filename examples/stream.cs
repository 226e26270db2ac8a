#:project ../src/Semblance/Semblance.csproj
#:project ../src/Semblance.Models.Mini/Semblance.Models.Mini.csproj

// Encodes a file of any length, line by line, in bounded memory: dotnet run examples/stream.cs FILE [model folder or Hub id]
using Semblance;

if (args.Length == 0)
{
    Console.Error.WriteLine("Name a text file.");
    return 2;
}

var model = args.ElementAtOrDefault(1) is { } named ? await SentenceTransformer.LoadAsync(named) : SentenceTransformer.LoadDefault();
long lines = 0, tokens = 0, cut = 0;
await foreach (var embedding in model.EncodeAsync(File.ReadLinesAsync(args[0]), new EncodeOptions { Normalize = true }))
{
    lines++;
    tokens += embedding.TokenCount;
    cut += embedding.Truncated ? 1 : 0; // embedding.Vector is the vector to store
}

Console.WriteLine($"{lines:N0} lines, {tokens:N0} tokens, {cut:N0} longer than {model.MaxSequenceLength} tokens");
return 0;
