using System.IO.Compression;
using System.Text;

namespace Semblance.Cli.Tests.Commands;

/// <summary>Every command reads texts in the same formats.</summary>
public class TextFormatTests
{
    private const string Lines = "A man is eating food.\nHi\nA monkey is playing drums.\n";
    private const string Json = "{\"body\":\"A man is eating food.\"}\n{\"body\":\"Hi\"}\n{\"body\":\"A monkey is playing drums.\"}\n";
    private const string Csv = "n,body\n1,A man is eating food.\n2,\"Hi\"\n3,A monkey is playing drums.\n";
    private const string Tsv = "n\tbody\n1\tA man is eating food.\n2\tHi\n3\tA monkey is playing drums.\n";

    private static readonly string Model = Fixtures.Own("st/mean-normalize");

    [Theory]
    [InlineData("--input", "encode")]
    [InlineData("--input", "tokenize")]
    [InlineData("--input", "mine")]
    [InlineData("--input", "mine", "--other", "OTHER")]
    [InlineData("--input", "map", "--perplexity", "1", "--iterations", "5", "--clusters", "2")]
    [InlineData("--corpus", "search", "--query", "Hi")]
    [InlineData("--corpus", "search", "--query", "Hi", "--bm25")]
    [InlineData("--corpus", "rerank", "--query", "Hi")]
    public async Task Texts_are_lines_members_or_columns(string option, string command, params string[] more)
    {
        using var folder = new TemporaryFolder();
        string[] arguments = command == "search" && more.Contains("--bm25") ? [] : ["--model", Model];
        var expected = await RunAsync(folder.Write("in.txt", Lines));
        expected.ShouldNotBeEmpty();
        (await RunAsync(folder.Write("in.jsonl", Json), "--field", "body")).ShouldBe(expected);
        (await RunAsync(Zip(folder, "in.jsonl.gz", Json), "--field", "body")).ShouldBe(expected);
        (await RunAsync(folder.Write("in.csv", Csv), "--column", "body")).ShouldBe(Numbered(expected));
        (await RunAsync(Zip(folder, "in.tsv.gz", Tsv), "--column", "body")).ShouldBe(Numbered(expected));
        (await RunAsync(folder.Write("text.csv", "text\n" + Lines))).ShouldBe(Numbered(expected));
        if (!more.Contains("OTHER"))
        {
            (await RunAsync("-", Json, "--field", "body")).ShouldBe(expected);
            (await RunAsync("-", Tsv, "--column", "body")).ShouldBe(Numbered(expected));
        }

        Task<string> RunAsync(string input, params string[] column) => input == "-" ? RunOfAsync(column[0], "-", column[1..]) : RunOfAsync("", input, column);

        async Task<string> RunOfAsync(string text, string input, string[] column) => (await Outcome.WithInputAsync(
            text, [command, option, input, .. more.Select(word => word == "OTHER" ? input : word), .. arguments, .. column])).Done().Output;

        // The first row of a table is its first line.
        string Numbered(string output) => command == "mine"
            ? string.Concat(output.Split('\n')[..^1].Select(line => line.Split('\t')).Select(
                line => $"{line[0]}\t{int.Parse(line[1], null) + 1}\t{int.Parse(line[2], null) + 1}\t{line[3]}\t{line[4]}\n"))
            : output;
    }

    [Fact]
    public async Task Kept_rows_of_a_table_are_unchanged_and_begin_with_its_columns()
    {
        using var folder = new TemporaryFolder();
        var rows = "n,body\n1,\"Hi, \nyou\"\n2,\"Hi, \nyou\"\n\n3,\"A man is eating food.\"\n";
        string[] command = ["deduplicate", "--model", Model, "--column", "body", "--input", folder.Write("in.csv", rows)];
        (await Outcome.OfAsync(command)).Done().Output.ShouldBe("n,body\n1,\"Hi, \nyou\"\n3,\"A man is eating food.\"\n");
        (await Outcome.OfAsync([.. command, "--groups"])).Done().Output.ShouldBe("1.000000\t4\t2\tHi,  you\n");
    }

    [Fact]
    public async Task An_index_takes_ids_and_labels_from_a_table()
    {
        using var folder = new TemporaryFolder();
        var index = folder.Of("i");
        (await Outcome.OfAsync("index", "build", "--index", index, "--model", Model, "--column", "body", "--input",
            folder.Write("in.csv", "id,body,lang\nx,Hi,en\n7,Bonjour,fr\n"))).Done();
        (await Outcome.OfAsync("index", "search", "--index", index, "--query", "Hi", "--top-k", "1")).Done().Output.ShouldBe("1\t1.000000\tx\tHi\n");
        (await Outcome.OfAsync("index", "search", "--index", index, "--query", "Hi", "--filter", "lang=fr", "--format", "json")).Done().Output
            .ShouldEndWith("\"id\":7,\"text\":\"Bonjour\",\"lang\":\"fr\"}]}\n");
    }

    [Fact]
    public async Task Pairs_are_lines_members_or_columns()
    {
        using var folder = new TemporaryFolder();
        var expected = (await Outcome.WithInputAsync("Hi\tyou\n", "similarity", "--model", Model, "--input", "-")).Done().Output;
        (await Outcome.OfAsync("similarity", "--model", Model, "--columns", "b,a", "--input", folder.Write("x.csv", "a,b\nyou,Hi\n"))).Done().Output.ShouldBe(expected);
        (await Outcome.OfAsync("similarity", "--model", Model, "--columns", "a,b", "--input", folder.Write("x.jsonl", "{\"a\":\"Hi\",\"b\":\"you\"}\n"))).Done().Output.ShouldBe(expected);
        (await Outcome.OfAsync("similarity", "--model", Model, "Hi", "you", "--format", "json")).Done().Output
            .ShouldMatch("^\\{\"score\":0[.0-9]+,\"texts\":\\[\"Hi\",\"you\"\\]\\}\n$");
        var crossEncoder = Fixtures.Own("st/cross-encoder");
        (await Outcome.OfAsync("predict", "--model", crossEncoder, "--columns", "b,a", "--format", "json", "--input", folder.Of("x.csv"))).Done().Output.ShouldStartWith("{\"texts\":[\"Hi\",\"you\"],\"scores\":{");
    }

    [Fact]
    public async Task Tokens_and_chunks_are_lines_of_text_too()
    {
        (await Outcome.WithInputAsync("A man\n", "tokenize", "--model", Model, "--format", "text")).Done().Output.ShouldBe("[CLS] a man [SEP]\n");
        (await Outcome.WithInputAsync("A man\n", "chunk", "--model", Model, "--format", "text")).Done().Output.ShouldBe("1\t0\t5\t4\tA man\n");
    }

    [Theory]
    [InlineData("in.csv", "--field", "in.csv: the file is a table; use --column instead of --field.")]
    [InlineData("in.jsonl", "--column", "in.jsonl: the file is JSON Lines; use --field instead of --column.")]
    public async Task An_option_for_another_format_is_refused(string name, string option, string problem)
    {
        using var folder = new TemporaryFolder();
        var outcome = await Outcome.OfAsync("encode", "--model", Model, "--input", folder.Write(name, "x\n"), option, "x");
        outcome.ExitCode.ShouldBe(1);
        outcome.ErrorLines.ShouldHaveSingleItem().ShouldEndWith(problem);
        (await Outcome.OfAsync("encode", "--field", "a", "--column", "b")).ExitCode.ShouldBe(2);
    }

    private static string Zip(TemporaryFolder folder, string name, string content)
    {
        using var gzip = new GZipStream(File.Create(folder.Of(name)), CompressionLevel.Fastest);
        gzip.Write(Encoding.UTF8.GetBytes(content));
        return folder.Of(name);
    }
}
