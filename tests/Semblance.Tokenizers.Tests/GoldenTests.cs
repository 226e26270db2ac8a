using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Semblance.Tokenizers.Tests;

/// <summary>Compares every recorded output of the reference exactly.</summary>
public class GoldenTests
{
    // The number of recorded outputs, so that none is skipped.
    private static readonly Dictionary<string, int> Recorded = new()
    {
        ["albert-base-v2"] = 762,
        ["all-mpnet-base-v2"] = 751,
        ["bert-base-cased"] = 746,
        ["bert-base-chinese"] = 738,
        ["bert-base-multilingual-cased"] = 750,
        ["bert-base-multilingual-uncased"] = 755,
        ["bert-base-uncased"] = 751,
        ["clip"] = 873,
        ["deberta-v3-base"] = 809,
        ["gpt-neox-20b"] = 868,
        ["gpt2"] = 875,
        ["roberta-base"] = 881,
        ["spm1k-bpe"] = 783,
        ["spm1k-camembert"] = 783,
        ["spm1k-t5"] = 780,
        ["spm1k-xlm-roberta"] = 783,
        ["spm30k-deberta-v2-punct-lower"] = 794,
        ["t5-small"] = 759,
        ["xlm-roberta-base"] = 816,
        ["byte-level-bpe"] = 506,
        ["byte-level-bpe-clip"] = 503,
        ["byte-level-bpe-roberta"] = 507,
        ["sentencepiece-bpe-llama"] = 508,
        ["unigram-t5"] = 443,
        ["unigram-xlm-roberta"] = 445,
        ["word-level"] = 392,
        ["word-piece"] = 430,
        ["word-piece-cased"] = 425,
    };

    private static readonly string Own = Fixtures.Own("tokenizers");

    private static string Shared => Fixtures.InShared("fixtures/tokenizers");

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
    [InlineData("gpt2", "vocab.json", "GPT2Tokenizer")]
    [InlineData("albert-base-v2", "../sentencepiece/albert_spiece.model", "AlbertTokenizer")]
    [InlineData("deberta-v3-base", "../sentencepiece/deberta_v3_spm.model", "DebertaV2Tokenizer")]
    [InlineData("spm30k-deberta-v2-punct-lower", "../sentencepiece/albert_spiece.model", "DebertaV2TokenizerFast")]
    [InlineData("spm1k-xlm-roberta", "../sentencepiece/test_sentencepiece.model", "XLMRobertaTokenizerFast")]
    [InlineData("spm1k-camembert", "../sentencepiece/test_sentencepiece.model", "CamembertTokenizer")]
    [InlineData("spm1k-t5", "../sentencepiece/test_sentencepiece.model", "T5Tokenizer")]
    [InlineData("spm1k-bpe", "../sentencepiece/test_sentencepiece_bpe.model", "CamembertTokenizer")]
    public void Every_recorded_encoding_and_decoding_is_reproduced(string folder, string file, string? className = null) => Check(Shared, folder, file, className);

    [Theory]
    [InlineData("word-piece", "vocab.txt")]
    [InlineData("word-piece-cased", "vocab.txt")]
    [InlineData("word-level", "tokenizer.json")]
    [InlineData("byte-level-bpe", "vocab.json", "GPT2Tokenizer")]
    [InlineData("byte-level-bpe-roberta", "tokenizer.json")]
    [InlineData("byte-level-bpe-clip", "tokenizer.json")]
    [InlineData("sentencepiece-bpe-llama", "tokenizer.json")]
    [InlineData("sentencepiece-bpe-llama", "../sentencepiece/bpe.model", "LlamaTokenizer")]
    [InlineData("unigram-xlm-roberta", "tokenizer.json.gz")]
    [InlineData("unigram-xlm-roberta", "../sentencepiece/unigram.model", "XLMRobertaTokenizer")]
    [InlineData("unigram-t5", "../sentencepiece/unigram.model", "T5Tokenizer")]
    public void Every_recorded_encoding_and_decoding_with_a_small_vocabulary_is_reproduced(string folder, string file, string? className = null) => Check(Own, folder, file, className);

    private static void Check(string root, string folder, string file, string? className)
    {
        var corpus = Corpus(root);
        var tokenizer = LoadFrom(root, folder, file, className);
        var singles = new Dictionary<int, Encoding>();
        var differences = new List<string>();
        var records = 0;
        foreach (var record in Lines(root, $"{folder}/golden.jsonl"))
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

            var (text, pair) = (corpus[i], record.TryGetProperty("j", out var j) ? corpus[j.GetInt32()] : null);
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

        records.ShouldBe(Recorded[folder]);
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

    [SharedTheory]
    [InlineData("albert_spiece")]
    [InlineData("deberta_v3_spm")]
    [InlineData("test_sentencepiece")]
    [InlineData("test_sentencepiece_bpe")]
    public void A_SentencePiece_model_alone_gives_the_ids_of_the_SentencePiece_library(string name) => CheckSentencePiece(Shared, name, 302);

    [Theory]
    [InlineData("unigram")]
    [InlineData("bpe")]
    public void A_small_SentencePiece_model_alone_gives_the_ids_of_the_SentencePiece_library(string name) => CheckSentencePiece(Own, name, 172);

    private static void CheckSentencePiece(string root, string name, int recorded)
    {
        var corpus = Corpus(root);
        using var folder = new TemporaryFolder();
        folder.Write("tokenizer.model", File.ReadAllBytes(Path.Combine(root, "sentencepiece", name + ".model")));
        var tokenizer = Tokenizer.Load(folder.Path);
        var differences = new List<string>();
        Lines(root, $"sentencepiece/{name}.golden.jsonl").Count().ShouldBe(recorded);
        foreach (var record in Lines(root, $"sentencepiece/{name}.golden.jsonl"))
        {
            var i = record.GetProperty("i").GetInt32();
            var found = JsonSerializer.Serialize(tokenizer.Encode(corpus[i]).Ids.ToArray());
            if (found != JsonSerializer.Serialize(record.GetProperty("ids")))
            {
                differences.Add($"sp {i}: {found} instead of {record}");
            }
        }

        differences.ShouldBeEmpty();
    }

    private static Tokenizer LoadFrom(string root, string folder, string file, string? className)
    {
        using var temporary = new TemporaryFolder();
        var content = File.ReadAllBytes(Path.Combine(root, folder, file));
        if (file.EndsWith(".gz", StringComparison.Ordinal))
        {
            using var packed = new GZipStream(new MemoryStream(content), CompressionMode.Decompress);
            using var unpacked = new MemoryStream();
            packed.CopyTo(unpacked);
            content = unpacked.ToArray();
        }

        temporary.Write(file.EndsWith(".model", StringComparison.Ordinal) ? "spiece.model" : file.Replace(".gz", "", StringComparison.Ordinal), content);
        if (file == "vocab.json")
        {
            temporary.Write("merges.txt", File.ReadAllBytes(Path.Combine(root, folder, "merges.txt")));
        }

        if (!file.Contains("tokenizer.json", StringComparison.Ordinal))
        {
            var index = JsonDocument.Parse(File.ReadAllText(Path.Combine(root, "index.json"))).RootElement;
            var options = index.EnumerateArray().Single(entry => entry.GetProperty("folder").GetString() == folder).GetProperty("options");
            var configuration = JsonNode.Parse(options.GetRawText())!;
            configuration["tokenizer_class"] = className;
            temporary.Write("tokenizer_config.json", configuration.ToJsonString());
        }

        return Tokenizer.Load(temporary.Path);
    }

    private static Dictionary<int, string> Corpus(string root) => Lines(root, "corpus.jsonl").ToDictionary(line => line.GetProperty("i").GetInt32(), line => line.GetProperty("text").GetString()!);

    private static IEnumerable<JsonElement> Lines(string root, string path) =>
        File.ReadLines(Path.Combine(root, path)).Where(line => line.Length > 0).Select(line => JsonDocument.Parse(line).RootElement);
}
