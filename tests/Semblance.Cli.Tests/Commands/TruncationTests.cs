namespace Semblance.Cli.Tests.Commands;

/// <summary>A text that is too long is reported by every command that encodes.</summary>
public class TruncationTests
{
    private const string Cut = " were cut to 16 tokens, the maximum of the model";
    private const string Offer = "; --truncation chunk divides long texts instead.";

    private static readonly string Model = Fixtures.Own("st/mean-normalize"); // 16 tokens
    private static readonly string Long = string.Join(' ', Enumerable.Repeat("man", 50));

    [Theory]
    [InlineData("1 of 3 texts", Offer, "encode", "--input", "TEXTS", "--output", "OUT.npy")]
    [InlineData("1 of 3 texts", Offer, "encode", "--input", "TEXTS")]
    [InlineData("1 of 4 texts", Offer, "search", "--corpus", "TEXTS", "--query", "Hi")]
    [InlineData("1 of 3 texts", Offer, "cluster", "--input", "TEXTS", "--min-size", "1")]
    [InlineData("1 of 3 texts", Offer, "map", "--input", "TEXTS", "--perplexity", "1", "--iterations", "5", "--clusters", "2")]
    [InlineData("1 of 3 texts", Offer, "mine", "--input", "TEXTS")]
    [InlineData("2 of 6 texts", Offer, "mine", "--input", "TEXTS", "--other", "TEXTS")]
    [InlineData("1 of 3 texts", Offer, "deduplicate", "--input", "TEXTS")]
    [InlineData("3 of 6 texts", Offer, "similarity", "--input", "PAIRS")]
    [InlineData("3 of 6 texts", Offer, "evaluate", "--task", "bitext", "--columns", "a,b", "--data", "TABLE")]
    [InlineData("1 of 3 texts", Offer, "index", "build", "--index", "INDEX", "--input", "TEXTS")]
    [InlineData("3 of 6 texts", Offer, "mine-negatives", "--data", "TABLE", "--output", "OUT.tsv", "--num-negatives", "1")]
    public async Task Truncated_texts_are_reported_and_chunks_are_offered(string count, string offer, params string[] arguments)
    {
        using var folder = new TemporaryFolder();
        var outcome = (await Outcome.OfAsync([.. Named(folder, arguments), "--model", Model])).Done();
        outcome.ErrorLines.Where(line => line.StartsWith("warning: ", StringComparison.Ordinal)).ShouldBe([$"warning: {count}{Cut}{offer}"]);
        folder.Write("unused", "");
        Directory.Exists(folder.Of("i")).ShouldBe(arguments.Contains("INDEX"));

        using var other = new TemporaryFolder();
        var divided = (await Outcome.OfAsync([.. Named(other, arguments), "--model", Model, "--truncation", "chunk"])).Done();
        divided.Error.ShouldNotContain("warning: ");
    }

    [Fact]
    public async Task Rerankers_and_searches_of_an_index_report_what_they_cut()
    {
        using var folder = new TemporaryFolder();
        var texts = folder.Write("in.txt", $"Hi\n{Long}\nyou\n");
        (await Outcome.OfAsync("rerank", "--model", Model, "--corpus", texts, "--query", "Hi")).Done().Error.ShouldContain($"warning: 1 of 4 texts{Cut}.");
        var crossEncoder = Fixtures.Own("st/cross-encoder");
        (await Outcome.OfAsync("rerank", "--model", crossEncoder, "--corpus", texts, "--query", "Hi")).Done().Error
            .ShouldContain("warning: 1 of 3 texts were cut to 24 tokens, the maximum of the model.");
        (await Outcome.OfAsync("search", "--bm25", "--corpus", texts, "--query", "man", "--rerank", crossEncoder)).Done().Error
            .ShouldContain("texts of the reranker were cut to 24 tokens, the maximum of the model.");
        (await Outcome.WithInputAsync($"Hi\t{Long}\n", "predict", "--model", crossEncoder)).Done().Error.ShouldContain("warning: 1 of 1 pairs were cut to 24 tokens");
        (await Outcome.OfAsync("index", "build", "--index", folder.Of("i"), "--model", Model, "--input", texts)).Done();
        (await Outcome.OfAsync("index", "search", "--index", folder.Of("i"), "--query", Long)).Done().Error.ShouldContain($"warning: 1 of 1 queries{Cut}.");
        (await Outcome.OfAsync("index", "add", "--index", folder.Of("i"), "--input", texts)).Done().Error.ShouldContain($"warning: 1 of 3 texts{Cut}.");
    }

    [Theory]
    [InlineData("in.txt", "Hi\nyou\nLONG\nLONG\n", 3, "encode", "--input")]
    [InlineData("in.jsonl", "{\"text\":\"Hi\"}\n\n\n{\"text\":\"LONG\"}\n", 4, "encode", "--input")]
    [InlineData("in.csv", "n,text\n1,\"H\ni\"\n2,LONG\n", 4, "encode", "--input")]
    [InlineData("in.txt", "Hi\nHi\nLONG\n", 3, "deduplicate", "--input")]
    [InlineData("in.txt", "Hi\nHi\nLONG\n", 3, "mine", "--other", "OTHER", "--input")]
    [InlineData("in.txt", "Hi\tyou\nHi\tLONG\n", 2, "similarity", "--input")]
    [InlineData("in.txt", "Hi\nLONG\n", 2, "search", "--query", "x", "--corpus")]
    [InlineData("in.jsonl", "\n{\"text\":\"LONG\"}\n", 2, "index", "build", "--index", "INDEX", "--input")]
    [InlineData("in.txt", "Hi\nLONG\n", 2, "cluster", "--input")]
    public async Task An_error_names_the_file_the_first_line_its_length_and_the_options(string name, string content, int line, params string[] command)
    {
        using var folder = new TemporaryFolder();
        var input = folder.Write(name, content.Replace("LONG", Long, StringComparison.Ordinal));
        var outcome = await Outcome.OfAsync([.. Named(folder, command), input, "--model", Model, "--truncation", "error"]);
        (outcome.ExitCode, outcome.Output).ShouldBe((1, ""));
        outcome.ErrorLines.ShouldBe([
            $"semblance: {input}, line {line}: a text has 52 tokens, and the model takes at most 16; use --truncation chunk to divide long texts, or "
            + "--truncation cut to leave out their ends."]);
    }

    private static string[] Named(TemporaryFolder folder, string[] arguments) => [.. arguments.Select(word => word switch
    {
        "TEXTS" => folder.Write("in.txt", $"Hi\n{Long}\nyou\n"),
        "PAIRS" => folder.Write("pairs.txt", $"Hi\t{Long}\nyou\t{Long}\nthe\t{Long} girl\n"),
        "TABLE" => folder.Write("in.tsv", $"a\tb\nHi\t{Long}\nyou\t{Long} a\nthe\t{Long} girl\n"),
        "OTHER" => folder.Write("other.txt", "you\nHi\n"),
        "INDEX" => folder.Of("i"),
        "OUT.npy" or "OUT.tsv" => folder.Of(word),
        _ => word,
    })];
}
