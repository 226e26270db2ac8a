using System.IO.Compression;
using Semblance.Tokenizers;

namespace Semblance.Training.Tests;

public sealed class TextBlocksTests : IDisposable
{
    // Words of the alphabet's letters: "ab" is a and ##b.
    private static readonly Tokenizer Letters = Tokenizer.CreateBert(
        ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", ".", "!", "。", "\"", .. "abcdefghij".Select(c => $"{c}"), .. "abcdefghij".Select(c => $"##{c}"), "天", "地", "人"]);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Neighboring_lines_of_a_document_share_a_row_and_documents_do_not() =>
        Rows(8, "a b.", "  c d. ", "e f.", "", "g", "   ", "h i").ShouldBe(["a b. c d.", "e f.", "g", "h i"]);

    [Fact]
    public void Rows_end_with_sentences() =>
        Rows(9, "a b. c d e f! g h i j.").ShouldBe(["a b.", "c d e f!", "g h i j."]); // seven tokens beside the special ones

    [Fact]
    public void Short_sentences_fill_a_row_also_across_lines() =>
        Rows(9, "a. b. c d e. f", "g").ShouldBe(["a. b.", "c d e. f g"]);

    [Fact]
    public void A_closing_quote_stays_with_its_sentence() =>
        Rows(7, "a b.\" c d e f").ShouldBe(["a b.\"", "c d e f"]);

    [Fact]
    public void Chinese_sentences_need_no_space() =>
        Rows(8, "天地人。人地天地人。天").ShouldBe(["天地人。", "人地天地人。", "天"]);

    [Fact]
    public void A_sentence_that_is_too_long_is_cut_between_words() =>
        Rows(6, "a bcd ef g").ShouldBe(["a bcd", "ef g"]);

    [Fact]
    public void A_word_that_is_too_long_is_cut_inside() =>
        Rows(5, "a bcdefghij ab").ShouldBe(["a", "bcd", "efg", "hij", "ab"]);

    [Fact]
    public void Nothing_is_lost_no_row_is_too_long_and_the_counts_are_the_tokenizers()
    {
        var random = new Random(3);
        string Word() => new([.. Enumerable.Range(0, random.Next(1, 12)).Select(_ => "abcdefghij天地人."[random.Next(14)])]);
        string[] lines = [.. Enumerable.Range(0, 4200).Select(_ => string.Join(' ', Enumerable.Range(0, random.Next(10)).Select(_ => Word())))];
        foreach (var maxTokens in new[] { 4, 17, 128 })
        {
            var blocks = Read(maxTokens, lines);
            string.Concat(blocks.Select(row => row.Texts[0])).Replace(" ", "", StringComparison.Ordinal)
                .ShouldBe(string.Concat(lines).Replace(" ", "", StringComparison.Ordinal));
            blocks.Select(row => Letters.Count(row.Texts[0])).SequenceEqual(blocks.TokenCounts).ShouldBeTrue();
            blocks.TokenCounts.Max().ShouldBeLessThanOrEqualTo(maxTokens);
            blocks.Select(row => row.Texts[0]).SequenceEqual(Read(maxTokens, lines).Select(row => row.Texts[0])).ShouldBeTrue();
        }

        Read(128, [.. lines.Where(line => line.Length > 0)]).TokenCounts.Average().ShouldBeGreaterThan(90); // rows are full
    }

    [Fact]
    public void Compressed_files_and_several_are_read_and_progress_is_told()
    {
        var packed = _folder.File("one.txt.gz");
        using (var stream = new StreamWriter(new GZipStream(File.Create(packed), CompressionMode.Compress)))
        {
            stream.Write("a b\nc");
        }

        var plain = Write("two.txt", "d e");
        var told = new List<TextBlocksProgress>();
        TextBlocks.Read([packed, plain], Letters, 10, new Immediate(told.Add)).Select(row => row.Texts[0]).ShouldBe(["a b c", "d e"]);
        told.Select(progress => (progress.Path, progress.Lines)).ShouldBe([(packed, 2), (plain, 1)]);
        told[^1].Tokens.ShouldBe(5);
    }

    [Fact]
    public void What_cannot_be_read_says_so()
    {
        var path = _folder.File("broken.txt");
        File.WriteAllBytes(path, [97, 10, 0xC3, 0x28]);
        Should.Throw<DatasetException>(() => TextBlocks.Read([path], Letters, 10)).Line.ShouldBe(2);
        Should.Throw<ArgumentOutOfRangeException>(() => TextBlocks.Read([path], Letters, 2));
        Should.Throw<OperationCanceledException>(() => TextBlocks.Read([Write("a.txt", "a")], Letters, 10, cancellationToken: new CancellationToken(true)));
    }

    private List<string> Rows(int maxTokens, params string[] lines) => [.. Read(maxTokens, lines).Select(row => row.Texts[0])];

    private TextBlocks Read(int maxTokens, string[] lines) => TextBlocks.Read([Write("text.txt", string.Join('\n', lines))], Letters, maxTokens);

    private string Write(string name, string content)
    {
        File.WriteAllText(_folder.File(name), content);
        return _folder.File(name);
    }

    private sealed class Immediate(Action<TextBlocksProgress> report) : IProgress<TextBlocksProgress>
    {
        public void Report(TextBlocksProgress value) => report(value);
    }
}
