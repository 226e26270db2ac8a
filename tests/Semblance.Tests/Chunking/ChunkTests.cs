using System.IO.Compression;
using System.Text.Json;
using Semblance.Modules;
using Semblance.Tensors;
using Semblance.Tokenizers;

namespace Semblance.Tests.Chunking;

/// <summary>What holds of the chunks of any text, with tokenizers of every kind.</summary>
public class ChunkTests
{
    private static readonly string[] Pieces =
    [
        "the", "man", "is riding", "a horse", ".", "! ", "? ", ", ", " ", "   ", "\n", "\n\n", "\t", "(", ")", "\"", "一个人", "在骑马。", "「骑」", "👍🏽", "👨‍👩‍👧", "𠀋",
        "a\u0301\u0323", "\uD83D", "\uDC00", "unbelievably", "x9", "\u200B", "ﷺ", "\0", "[MASK]",
    ];

    [Theory]
    [InlineData(5, 0)]
    [InlineData(8, 4)]
    [InlineData(11, 3)]
    [InlineData(16, 8)]
    public void Chunks_of_any_text_are_all_of_it_and_fit(int size, int overlap)
    {
        var model = SentenceTransformer.Load(Fixtures.Own("st/mean-normalize"));
        var random = new Random(size);
        for (var repeat = 0; repeat < 60; repeat++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(120)).Select(_ => Pieces[random.Next(Pieces.Length)] + (random.Next(2) == 0 ? " " : "")));
            ShouldCover(model, text, new EncodeOptions { ChunkSize = size, ChunkOverlap = overlap });
        }
    }

    [SharedTheory]
    [InlineData("gpt2")]
    [InlineData("roberta-base")]
    [InlineData("spm1k-xlm-roberta")]
    [InlineData("t5-small")]
    [InlineData("spm1k-bpe")]
    [InlineData("bert-base-chinese")]
    [InlineData("spm30k-deberta-v2-punct-lower")]
    public void Chunks_fit_with_published_tokenizers_of_every_kind(string name) => Fit(Fixtures.InShared("fixtures/tokenizers"), name);

    [Theory]
    [InlineData("byte-level-bpe")]
    [InlineData("byte-level-bpe-roberta")]
    [InlineData("sentencepiece-bpe-llama")]
    [InlineData("unigram-xlm-roberta")]
    [InlineData("word-level")]
    public void Chunks_fit_with_tokenizers_of_every_kind(string name) => Fit(Fixtures.Own("tokenizers"), name);

    private static void Fit(string root, string name)
    {
        var tokenizer = LoadTokenizer(Path.Combine(root, name));
        var model = new SentenceTransformer([new StaticEmbeddingModule(tokenizer, Tensor.Zeros(tokenizer.VocabularySize, 1))]);
        var texts = File.ReadLines(Path.Combine(root, "corpus.jsonl")).Select(TextOf).ToArray();
        var chinese = string.Concat(Enumerable.Repeat("他在骑马，她在看书。“你好！”𠀋👍🏽今天天气很好", 40));
        foreach (var text in texts.Append(string.Join("\n\n", texts)).Append(string.Concat(texts)).Append(chinese))
        {
            ShouldCover(model, text, new EncodeOptions { ChunkSize = 32 });
            ShouldCover(model, text, new EncodeOptions { ChunkSize = 20, ChunkOverlap = 10 });
        }
    }

    [Fact]
    public void Chunks_end_where_sentences_end_or_else_words()
    {
        var model = SentenceTransformer.Load(Fixtures.Own("st/mean-normalize")); // sixteen tokens
        string[] Parts(string text) => [.. model.Chunks(text).Select(chunk => chunk.Of(text).ToString())];
        const string Sentence = "The man is riding. ";
        Parts(Sentence + Sentence + Sentence + Sentence).ShouldBe([Sentence + Sentence, Sentence + Sentence]);
        Parts("“The man is riding.” The horse is 3.5 the man. He is a man e.g. the man.").ShouldAllBe(part => part.EndsWith(' ') || part.EndsWith('.'));
        Parts(string.Concat(Enumerable.Repeat("一个人在骑马。", 4))).ShouldBe(["一个人在骑马。一个人在骑马。", "一个人在骑马。一个人在骑马。"]);
        Parts(string.Join(' ', Enumerable.Repeat("riding", 40)))[..^1].ShouldAllBe(part => part.EndsWith("riding ", StringComparison.Ordinal));
    }

    [Fact]
    public void The_next_chunk_begins_with_the_tokens_that_were_asked_for()
    {
        var model = SentenceTransformer.Load(Fixtures.Own("st/mean-normalize"));
        var text = string.Join(' ', Enumerable.Repeat("man", 100));
        foreach (var overlap in (int[])[0, 1, 5, 8])
        {
            var chunks = model.Chunks(text, new EncodeOptions { ChunkOverlap = overlap }).ToArray();
            for (var i = 1; i < chunks.Length; i++)
            {
                chunks[i - 1].TokenCount.ShouldBe(16);
                text[chunks[i].Start..chunks[i - 1].End].Split(' ', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(overlap);
            }
        }
    }

    [Fact]
    public void Long_runs_and_long_texts_are_divided_in_time_that_grows_with_their_length()
    {
        var model = SentenceTransformer.Load(Fixtures.Own("st/mean-normalize"));
        var spaces = new string(' ', 40_000);
        ShouldCover(model, $"{spaces}a man is riding a horse{spaces}the man is eating. the man{spaces}a horse", new EncodeOptions { ChunkSize = 8, ChunkOverlap = 4 });
        ShouldCover(model, new string('a', 40_000) + " man", new EncodeOptions { ChunkSize = 8 });

        long Bytes(int words)
        {
            var text = string.Concat(Enumerable.Repeat("the man. ", words));
            var before = GC.GetAllocatedBytesForCurrentThread();
            model.Chunks(text, new EncodeOptions { ChunkOverlap = 4 }).Count().ShouldBeGreaterThan(words / 16);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Bytes(1000);
        Bytes(80_000).ShouldBeLessThan(10 * Bytes(10_000));
    }

    [Fact]
    public void A_text_without_limit_is_one_chunk()
    {
        var tokenizer = Tokenizer.CreateBert(["[UNK]", "[CLS]", "[SEP]", "man"]);
        var model = new SentenceTransformer([new StaticEmbeddingModule(tokenizer, Tensor.Zeros(4, 1))]);
        model.Chunks("man man man").ShouldBe([new Chunk(0, 11, 3)]);
        model.Chunks("").ShouldBe([new Chunk(0, 0, 0)]);
        model.Chunks("man man man", new EncodeOptions { ChunkSize = 2 }).ShouldBe([new Chunk(0, 8, 2), new Chunk(8, 11, 1)]);
    }

    private static void ShouldCover(SentenceTransformer model, string text, EncodeOptions options)
    {
        var chunks = model.Chunks(text, options).ToArray();
        chunks[0].Start.ShouldBe(0);
        chunks[^1].End.ShouldBe(text.Length);
        var alone = model.Encode([.. chunks.Select(chunk => chunk.Of(text).ToString())]);
        for (var i = 0; i < chunks.Length; i++)
        {
            var (start, end, tokens) = chunks[i];
            IsInside(text, start).ShouldBeFalse();
            IsInside(text, end).ShouldBeFalse();
            tokens.ShouldBeLessThanOrEqualTo(options.ChunkSize!.Value);
            if (alone.TokenCounts[i] != tokens)
            {
                new System.Globalization.StringInfo(text[start..end]).LengthInTextElements.ShouldBe(1); // a character of more tokens than a chunk
            }

            if (i > 0)
            {
                start.ShouldBeLessThanOrEqualTo(chunks[i - 1].End);
                start.ShouldBeGreaterThan(chunks[i - 1].Start);
                end.ShouldBeGreaterThan(chunks[i - 1].End);
                (options.ChunkOverlap == 0 && start != chunks[i - 1].End).ShouldBeFalse();
            }
        }
    }

    private static bool IsInside(string text, int place) => place > 0 && place < text.Length && char.IsSurrogatePair(text[place - 1], text[place]);

    private static Tokenizer LoadTokenizer(string folder)
    {
        var compressed = Path.Combine(folder, "tokenizer.json.gz");
        if (!File.Exists(compressed))
        {
            return Tokenizer.Load(folder);
        }

        using var reader = new StreamReader(new GZipStream(File.OpenRead(compressed), CompressionMode.Decompress));
        return Tokenizer.FromJson(reader.ReadToEnd());
    }

    private static string TextOf(string line)
    {
        using var json = JsonDocument.Parse(line);
        return json.RootElement.ValueKind == JsonValueKind.String ? json.RootElement.GetString()!
            : json.RootElement.EnumerateObject().Select(member => member.Value).First(value => value.ValueKind == JsonValueKind.String).GetString()!;
    }
}
