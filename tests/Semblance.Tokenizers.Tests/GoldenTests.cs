using System.IO.Compression;
using System.Text.Json;

namespace Semblance.Tokenizers.Tests;

/// <summary>Every recorded output of the reference library, compared exactly.</summary>
public class GoldenTests
{
    private static readonly Lazy<Dictionary<int, string>> Corpus = new(() => Lines("corpus.jsonl").ToDictionary(
        line => line.GetProperty("i").GetInt32(), line => line.GetProperty("text").GetString()!));

    [SharedTheory]
    [InlineData("bert-base-uncased", "tokenizer.json")]
    [InlineData("bert-base-uncased", "vocab.txt")]
    [InlineData("bert-base-cased", "vocab.txt")]
    [InlineData("bert-base-multilingual-cased", "vocab.txt")]
    [InlineData("bert-base-multilingual-uncased", "tokenizer.json.gz")]
    [InlineData("bert-base-chinese", "vocab.txt")]
    [InlineData("all-mpnet-base-v2", "tokenizer.json")]
    [InlineData("roberta-base", "tokenizer.json")]
    [InlineData("gpt-neox-20b", "tokenizer.json.gz")]
    [InlineData("clip", "tokenizer.json.gz")]
    [InlineData("t5-small", "tokenizer.json")]
    [InlineData("albert-base-v2", "tokenizer.json.gz")]
    [InlineData("xlm-roberta-base", "tokenizer.json.gz")]
    [InlineData("spm1k-xlm-roberta", "tokenizer.json.gz")]
    [InlineData("spm1k-camembert", "tokenizer.json.gz")]
    [InlineData("spm1k-t5", "tokenizer.json.gz")]
    [InlineData("spm1k-bpe", "tokenizer.json.gz")]
    [InlineData("spm30k-deberta-v2-punct-lower", "tokenizer.json.gz")]
    public void Every_recorded_encoding_and_decoding_is_reproduced(string folder, string file)
    {
        var tokenizer = LoadFrom(folder, file);
        var singles = new Dictionary<int, Encoding>();
        var differences = new List<string>();
        var records = 0;
        foreach (var record in Lines($"{folder}/golden.jsonl"))
        {
            records++;
            var (mode, i) = (record.GetProperty("mode").GetString()!, record.GetProperty("i").GetInt32());
            if (mode == "decode")
            {
                var ids = singles[i].Ids;
                Compare(record, "skip_special", tokenizer.Decode(ids));
                Compare(record, "keep_special", tokenizer.Decode(ids, skipSpecialTokens: false));
                continue;
            }

            var (text, pair) = (Corpus.Value[i], record.TryGetProperty("j", out var j) ? Corpus.Value[j.GetInt32()] : null);
            var encoding = tokenizer.Encode(text, pair, new TokenizerOptions
            {
                MaxLength = mode.EndsWith("max16", StringComparison.Ordinal) ? 16 : null,
                AddSpecialTokens = mode != "no_special",
            });
            if (mode == "single")
            {
                singles[i] = encoding;
                tokenizer.Count(text).ShouldBe(encoding.Count);
            }

            Compare(record, "ids", encoding.Ids.ToArray());
            Compare(record, "tokens", encoding.Tokens);
            Compare(record, "offsets", encoding.CodePointOffsets(text, pair).SelectMany(range => new[] { range.Start, range.End }).ToArray());
            Compare(record, "special", encoding.SpecialTokensMask.ToArray().Index().Where(at => at.Item == 1).Select(at => at.Index).ToArray());
            if (record.TryGetProperty("type_ids", out _) || encoding.TypeIds.ContainsAnyExcept(0))
            {
                Compare(record, "type_ids", encoding.TypeIds.ToArray());
            }
        }

        records.ShouldBeGreaterThan(500);
        differences.ShouldBeEmpty();

        void Compare<T>(JsonElement record, string name, T found)
        {
            var shown = JsonSerializer.Serialize(found);
            if (record.TryGetProperty(name, out var expected) && JsonSerializer.Serialize(expected) != shown)
            {
                differences.Add($"{record.GetProperty("mode")} {record.GetProperty("i")} {name}: {shown} instead of {expected}");
            }
        }
    }

    private static Tokenizer LoadFrom(string folder, string file)
    {
        using var temporary = new TemporaryFolder();
        var content = File.ReadAllBytes(Fixtures.InShared($"fixtures/tokenizers/{folder}/{file}"));
        if (file.EndsWith(".gz", StringComparison.Ordinal))
        {
            using var packed = new GZipStream(new MemoryStream(content), CompressionMode.Decompress);
            using var unpacked = new MemoryStream();
            packed.CopyTo(unpacked);
            content = unpacked.ToArray();
        }

        temporary.Write(file.Replace(".gz", "", StringComparison.Ordinal), content);
        if (file == "vocab.txt")
        {
            var index = JsonDocument.Parse(File.ReadAllText(Fixtures.InShared("fixtures/tokenizers/index.json"))).RootElement;
            var options = index.EnumerateArray().Single(entry => entry.GetProperty("folder").GetString() == folder).GetProperty("options");
            temporary.Write("tokenizer_config.json", options.GetRawText());
        }

        return Tokenizer.Load(temporary.Path);
    }

    private static IEnumerable<JsonElement> Lines(string path) =>
        File.ReadLines(Fixtures.InShared($"fixtures/tokenizers/{path}")).Where(line => line.Length > 0).Select(line => JsonDocument.Parse(line).RootElement);
}
