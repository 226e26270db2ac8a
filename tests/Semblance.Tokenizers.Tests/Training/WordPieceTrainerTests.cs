using System.IO.Compression;
using Semblance.Tokenizers.Training;

namespace Semblance.Tokenizers.Tests.Training;

public class WordPieceTrainerTests
{
    private const string Hugs = "[PAD] [UNK] [CLS] [SEP] [MASK] b g h n p s u ##g ##n ##s ##u";

    private static readonly string[] HugText = [Repeat("hug", 10), Repeat("pug", 5), Repeat("pun", 12), Repeat("bun", 4), Repeat("hugs", 5)];

    [Theory]
    [InlineData(100, 1, "##ug ##un hug pun pug hugs bun")] // 20, 16, 15, 12, then 5 twice: 'p' is older than 'hug'; 4
    [InlineData(100, 5, "##ug ##un hug pun pug hugs")]
    [InlineData(100, 16, "##ug ##un")]
    [InlineData(19, 1, "##ug ##un hug")]
    [InlineData(16, 1, "")]
    public void A_vocabulary_worked_out_by_hand_is_learned(int size, int minFrequency, string merged) =>
        Train(HugText, new() { VocabularySize = size, MinFrequency = minFrequency }).ShouldBe($"{Hugs} {merged}".TrimEnd().Split(' '));

    [Theory]
    [InlineData(1, 200, 1)]
    [InlineData(2, 400, 1)]
    [InlineData(3, 5000, 3)]
    [InlineData(4, 5000, 1)]
    public void The_vocabulary_is_that_of_the_plain_algorithm(int seed, int size, int minFrequency)
    {
        var words = RandomWords(seed, 600, "abca");
        Train([string.Join(' ', words)], new() { VocabularySize = size, MinFrequency = minFrequency }).ShouldBe(SlowTrainer.Train(words, size, minFrequency));
    }

    [Fact]
    public async Task The_order_of_the_texts_and_the_way_they_come_change_nothing()
    {
        var lines = RandomWords(5, 3000, "abcdefgh").Chunk(7).Select(words => string.Join(' ', words)).ToArray();
        var options = new WordPieceTrainerOptions { VocabularySize = 500 };
        var tokens = Train(lines, options);
        tokens.Count.ShouldBe(500);
        new Random(1).Shuffle(lines);
        var trainer = new WordPieceTrainer(options);
        await trainer.AddAsync(lines.ToAsyncEnumerable());
        trainer.Train().ShouldBe(tokens);
        trainer.Train().ShouldBe(tokens);
        trainer.WordCount.ShouldBe(3000);
    }

    [Theory]
    [InlineData(60)]
    [InlineData(2000)]
    public void Every_word_of_the_text_can_be_tokenized(int size)
    {
        var text = string.Join(' ', RandomWords(6, 2000, "abcdefghijklmnopqé𝒳я")) + " 中文, [x]!";
        var tokens = Train([text], new() { VocabularySize = size, MinFrequency = 1, LowerCase = false });
        tokens.Count.ShouldBeLessThanOrEqualTo(size);
        tokens.ShouldBeUnique();
        tokens.Take(5).ShouldBe(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]);
        Tokenizer.CreateBert(tokens, lowerCase: false).Encode(text).Tokens.ShouldNotContain("[UNK]");
    }

    [Fact]
    public void Chinese_characters_are_words_that_the_alphabet_limit_does_not_touch()
    {
        var tokens = Train(["我愛北京，我愛𠀋𠀋x", "xyxy京"], new() { AlphabetLimit = 2, MinFrequency = 2 });
        tokens.Skip(5).ShouldBe(["x", "y", "京", "愛", "我", "𠀋", "##x", "##y"]);
    }

    [Fact]
    public void The_rarest_characters_are_left_out_where_there_are_too_many()
    {
        string[] texts = [Repeat("a", 5), Repeat("ba", 4), Repeat("c", 3), Repeat("cd", 2), "e"];
        Train(texts, new() { AlphabetLimit = 3, MinFrequency = 9 }).Skip(5).ShouldBe(["a", "b", "c", "##a"]);
        Train(texts, new() { VocabularySize = 8, MinFrequency = 9 }).Skip(5).ShouldBe(["a", "c", "##a"]);
    }

    [Fact]
    public void Texts_are_normalized_as_the_tokenizer_does_it()
    {
        Train(["Café CAFÉ"], new()).Skip(5).ShouldBe("a c e f ##a ##e ##f ca ##fe cafe".Split(' '), ignoreOrder: true);
        Train(["Café CAFÉ"], new() { LowerCase = false, MinFrequency = 1 }).ShouldContain("CAFÉ");
        Train(["[MASK] [SEP] a"], new()).Skip(5).ShouldBe(["a"]);
    }

    [Fact]
    public void Rare_words_are_dropped_where_there_are_too_many_but_not_their_characters()
    {
        var trainer = new WordPieceTrainer(new() { MaxDistinctWords = 50 });
        for (var i = 0; i < 1000; i++)
        {
            trainer.Add($"often {(char)('\u4E00' + (i % 500))} w{i}z");
            trainer.DistinctWordCount.ShouldBeLessThanOrEqualTo(50);
        }

        trainer.DroppedWordCount.ShouldBeGreaterThan(900);
        var tokens = trainer.Train();
        tokens.ShouldContain("often");
        tokens.Count(token => token[0] >= '\u4E00').ShouldBe(500);
        tokens.ShouldContain("##7");
    }

    [Fact]
    public void A_word_that_the_tokenizer_would_not_split_teaches_nothing() =>
        Train([new string('q', 1000) + " a"], new()).Skip(5).ShouldBe(["a"]);

    [Fact]
    public void Wrong_numbers_and_missing_texts_are_told()
    {
        Should.Throw<ArgumentException>(() => new WordPieceTrainer(new() { VocabularySize = 5 })).Message.ShouldBe("VocabularySize is 5, expected 6 or more.");
        Should.Throw<ArgumentException>(() => new WordPieceTrainer(new() { MinFrequency = 0 })).Message.ShouldContain("MinFrequency");
        Should.Throw<InvalidOperationException>(() => Train([" ", ""], new())).Message.ShouldContain("No word");
    }

    [Fact]
    public void It_reports_how_far_it_is_and_can_be_stopped()
    {
        var trainer = new WordPieceTrainer();
        trainer.Add(RandomWords(7, 3000, "abcdefgh"));
        var reports = new Reports();
        trainer.Train(reports);
        reports.Values.ShouldBeInOrder();
        reports.Values[^1].ShouldBe(1);
        Should.Throw<OperationCanceledException>(() => trainer.Train(null, new CancellationToken(canceled: true)));
        Should.Throw<OperationCanceledException>(() => trainer.Add(["a"], new CancellationToken(canceled: true)));
    }

    // Recorded with the npm package tokenizers 0.23.2, Tokenizer.train.
    [SharedFact]
    public void The_first_tokens_are_those_of_the_original_library() =>
        Train(Lines("brown/brown"), new() { MinFrequency = 1 }).Where(token => token.TrimStart('#').Length is 2 or 3 && token[0] != '[').Take(40).ShouldBe(
            ("th the ##er ##in ##on ##en ##at ##ed ##es ##nd ##or of ##ou in ##ar ##is to ##ing ##an ##it " +
            "##al and ##as ##re ##ic ##ion ##om ##el ##ent ##le be ##il wh ##ad ##st ##ly ##ot ##ct ##et on").Split(' '));

    [SharedFact]
    public void A_vocabulary_of_two_languages_serves_texts_that_it_has_not_seen()
    {
        var chinese = Lines("wikipedia-zh/articles");
        var english = Lines("brown/brown");
        var tokens = Train(Seen(chinese).Concat(Seen(english)), new() { VocabularySize = 16_000 });
        tokens.Count.ShouldBe(16_000);
        var tokenizer = Tokenizer.CreateBert(tokens);
        var (fertility, unknown) = Measure(english);
        fertility.ShouldBeLessThan(1.6);
        unknown.ShouldBeLessThan(0.005);
        Measure(chinese).Unknown.ShouldBeLessThan(0.005);

        static IEnumerable<string> Seen(string[] lines) => lines.Where((_, i) => i % 10 != 0);

        (double Fertility, double Unknown) Measure(string[] lines)
        {
            var found = lines.Where((_, i) => i % 10 == 0).SelectMany(line => tokenizer.Encode(line, options: new() { AddSpecialTokens = false }).Tokens).ToList();
            var words = (double)found.Count(token => !token.StartsWith("##", StringComparison.Ordinal));
            return (found.Count / words, found.Count(token => token == "[UNK]") / words);
        }
    }

    private static IReadOnlyList<string> Train(IEnumerable<string> texts, WordPieceTrainerOptions options)
    {
        var trainer = new WordPieceTrainer(options);
        trainer.Add(texts);
        return trainer.Train();
    }

    private static string Repeat(string word, int count) => string.Join(' ', Enumerable.Repeat(word, count));

    private static string[] RandomWords(int seed, int count, string letters)
    {
        var random = new Random(seed);
        var runes = letters.EnumerateRunes().ToArray();
        return [.. Enumerable.Range(0, count).Select(_ => string.Concat(random.GetItems(runes, random.Next(1, 9)).Select(rune => rune.ToString())))];
    }

    private static string[] Lines(string name)
    {
        using var packed = new GZipStream(File.OpenRead(Fixtures.InShared($"data/text/{name}.txt.gz")), CompressionMode.Decompress);
        return new StreamReader(packed).ReadToEnd().Split('\n');
    }

    private sealed class Reports : IProgress<double>
    {
        public List<double> Values { get; } = [];

        public void Report(double value) => Values.Add(value);
    }
}
