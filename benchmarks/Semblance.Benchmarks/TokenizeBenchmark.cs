using System.IO.Compression;
using Semblance.Tokenizers;

namespace Semblance.Benchmarks;

/// <summary>
/// Megabytes of UTF-8 a second that each family of tokenizers turns into ids on one thread: ten thousand sentences one by
/// one, and the same text as pieces of a hundred kilobytes.
/// </summary>
internal static class TokenizeBenchmark
{
    private const int LongText = 100_000;

    private static readonly (string Family, string Folder, string File)[] Families =
    [
        ("WordPiece", "bert-base-uncased", "tokenizer.json"),
        ("BPE, byte level", "roberta-base", "tokenizer.json"),
        ("BPE, byte level, NFC", "gpt-neox-20b", "tokenizer.json.gz"),
        ("BPE, CLIP", "clip", "tokenizer.json.gz"),
        ("Unigram, T5", "t5-small", "tokenizer.json"),
        ("Unigram, XLM-R", "xlm-roberta-base", "tokenizer.json.gz"),
        ("Unigram, ALBERT", "albert-base-v2", "tokenizer.json.gz"),
    ];

    public static void Run()
    {
        var sentences = BenchmarkData.Sentences();
        string[] texts = [.. string.Join(' ', sentences).Chunk(LongText).Select(chunk => new string(chunk))];
        Console.WriteLine($"{"family",-22}{"short texts",16}{"long texts",16}");
        foreach (var (family, folder, file) in Families)
        {
            var tokenizer = Load(folder, file);
            Console.WriteLine($"{family,-22}{Rate(tokenizer, sentences),11:F1} MB/s{Rate(tokenizer, texts),11:F1} MB/s");
        }
    }

    private static double Rate(Tokenizer tokenizer, string[] texts)
    {
        var buffer = new TokenBuffer();
        var bytes = texts.Sum(text => System.Text.Encoding.UTF8.GetByteCount(text));
        return bytes / 1e6 / Measurement.Seconds(
            () =>
            {
                foreach (var text in texts)
                {
                    tokenizer.Encode(text, null, 0, specialTokens: true, buffer);
                }
            });
    }

    private static Tokenizer Load(string folder, string file)
    {
        var temporary = Directory.CreateTempSubdirectory("semblance-benchmark-");
        try
        {
            using (var source = File.OpenRead(Path.Combine(BenchmarkData.Shared, "fixtures", "tokenizers", folder, file)))
            using (Stream content = file.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(source, CompressionMode.Decompress) : source)
            using (var target = File.Create(Path.Combine(temporary.FullName, "tokenizer.json")))
            {
                content.CopyTo(target);
            }

            return Tokenizer.Load(temporary.FullName);
        }
        finally
        {
            temporary.Delete(recursive: true);
        }
    }
}
