using System.Globalization;
using System.Text;

namespace Semblance.Cli.Tests.Commands;

/// <summary>The same vectors in every format give the same results in every command.</summary>
public sealed class VectorFormatTests : IDisposable
{
    private static readonly RecordedModel Recorded = new("mean-normalize");

    private static readonly string[] Subjects = ["a cat", "the moon", "my parcel"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Every_format_of_the_same_vectors_gives_the_same_results()
    {
        var texts = _folder.Write("t.txt", string.Concat(Enumerable.Range(0, 120).Select(i => $"{Subjects[i % 3]} {(char)('a' + (i / 3 % 20))}\n")));
        foreach (var (name, precision) in new[] { ("f4.npy", "float32"), ("v.safetensors", "float32"), ("v.jsonl", "float32"), ("i1.npy", "int8"), ("u1.npy", "uint8"), ("i1.safetensors", "int8"), ("i1.jsonl", "int8") })
        {
            (await Outcome.OfAsync("encode", "--model", Recorded.Folder, "--input", texts, "--output", _folder.Of(name), "--precision", precision)).Done();
        }

        var vectors = VectorMatrix.Open(_folder.Of("f4.npy")).ToTensor();
        _folder.Write("f8.npy", [.. Header("<f8", vectors.Rows, vectors.Columns), .. vectors.Values.ToArray().SelectMany(value => BitConverter.GetBytes((double)value))]);
        _folder.Write("f2.npy", [.. Header("<f2", vectors.Rows, vectors.Columns), .. vectors.Values.ToArray().SelectMany(value => BitConverter.GetBytes((Half)value))]);
        var expected = await Results(texts, "f4.npy");
        foreach (var name in (string[])["v.safetensors", "v.jsonl", "f8.npy"])
        {
            var results = await Results(texts, name);
            results.Index.ShouldBe(expected.Index, name);
            results.Search.ShouldBe(expected.Search, name);
            (results.Cluster, results.Mine, results.Deduplicate).ShouldBe((expected.Cluster, expected.Mine, expected.Deduplicate), name);
        }

        var scores = expected.Search.Select(Score).ToArray();
        foreach (var name in (string[])["f2.npy", "i1.npy", "u1.npy", "i1.safetensors", "i1.jsonl"])
        {
            var found = (await Results(texts, name)).Search.Select(Score).ToArray();
            found.Zip(scores).Max(pair => Math.Abs(pair.First - pair.Second)).ShouldBeLessThan(0.01, name);
        }
    }

    [Theory]
    [InlineData("binary")]
    [InlineData("ubinary")]
    public async Task Packed_bits_are_never_numbers(string precision)
    {
        var texts = _folder.Write("t.txt", "a cat\nthe moon\n");
        foreach (var name in (string[])["b.npy", "b.safetensors", "b.jsonl"])
        {
            (await Outcome.OfAsync("encode", "--model", Recorded.Folder, "--input", texts, "--output", _folder.Of(name), "--precision", precision)).Done();
            await Fails(name, "index", "build", "--index", _folder.Of("x"), "--input", _folder.Of(name));
            await Fails(name, "cluster", "--input", texts, "--vectors", _folder.Of(name));
            await Fails(name, "mine", "--input", texts, "--vectors", _folder.Of(name));
            await Fails(name, "deduplicate", "--input", texts, "--vectors", _folder.Of(name));
            await Fails(name, "map", "--input", texts, "--vectors", _folder.Of(name));
            await Fails(name, "search", "--model", Recorded.Folder, "--vectors", _folder.Of(name), "--query", "q");
            Directory.Exists(_folder.Of("x")).ShouldBeFalse("nothing is written");
        }
    }

    [Theory]
    [InlineData("{\"text\":null}\n", "line 1: 'text' is null")]
    [InlineData("{\"text\":\"a\"}\n{\"text\":2}\n", "line 2: 'text' is 2")]
    [InlineData("{\"text\":\"\\ud83d\"}\n", "line 1: a text has half of a surrogate pair")]
    [InlineData("a cat\n", "line 1: this is not a JSON value")]
    public async Task JSON_Lines_are_read_alike_by_every_command(string content, string problem)
    {
        var file = _folder.Write("x.jsonl", content);
        foreach (var command in (string[][])
        [
            ["index", "build", "--index", _folder.Of("x"), "--input", file], ["deduplicate", "--input", file], ["cluster", "--input", file], ["mine", "--input", file], ["map", "--input", file],
            ["encode", "--input", file], ["search", "--corpus", file, "--query", "q"], ["search", "--corpus", _folder.Write("t.txt", "a\n"), "--queries", file],
        ])
        {
            await Fails($"{file}, {problem}", [.. command, "--model", Recorded.Folder]);
        }
    }

    [Fact]
    public async Task A_text_with_line_ends_is_one_line_of_results()
    {
        var file = _folder.Write("x.jsonl", "{\"text\":\"a cat\\r\\nand\\na\\tdog\"}\n\n{\"text\":\"the moon\"}\n");
        var lines = (await Outcome.OfAsync("search", "--model", Recorded.Folder, "--corpus", file, "--query", "a cat and a dog", "--top-k", "2")).Done().Lines;
        lines.Length.ShouldBe(2);
        lines.ShouldContain(line => line.EndsWith("\ta cat and a\tdog", StringComparison.Ordinal));
        (await Outcome.OfAsync("mine", "--model", Recorded.Folder, "--input", file)).Done().Lines.ShouldHaveSingleItem().ShouldEndWith("\ta cat and a dog\tthe moon");
        (await Outcome.OfAsync("encode", "--model", Recorded.Folder, "--input", file)).Done().Lines.Length.ShouldBe(2, "a vector for each row");
        (await Outcome.OfAsync("encode", "--model", Recorded.Folder, "--input", _folder.Write("t.txt", "a\n\nb\n"))).Done().Lines.Length.ShouldBe(3, "a vector for each line");
    }

    [Fact]
    public async Task Inputs_of_unequal_length_are_named_with_their_numbers()
    {
        var (texts, more) = (_folder.Write("t.txt", "a cat\nthe moon\n"), _folder.Write("more.txt", "text\na cat\nthe moon\n"));
        (await Outcome.OfAsync("encode", "--model", Recorded.Folder, "--input", texts, "--output", _folder.Of("v.npy"))).Done();
        foreach (var command in (string[])["cluster", "mine", "map", "deduplicate"])
        {
            await Fails($"v.npy: there are 2 vectors, but {more} has 3 texts", command, "--input", more, "--vectors", _folder.Of("v.npy"));
        }

        await Fails($"more.txt: there are 3 ids, but {texts} has 2 texts", "index", "build", "--index", _folder.Of("x"), "--input", texts, "--ids", more, "--model", Recorded.Folder);
        await Fails("more.txt: there are 3 texts", "index", "build", "--index", _folder.Of("x"), "--input", _folder.Of("v.npy"), "--texts", more);
        Directory.Exists(_folder.Of("x")).ShouldBeFalse("nothing is written");
        (await Outcome.OfAsync("index", "build", "--index", _folder.Of("x"), "--input", texts, "--model", Recorded.Folder)).Done();
        await Fails("there are 3 ids", "index", "add", "--index", _folder.Of("x"), "--input", texts, "--ids", more);
        (await Outcome.OfAsync("index", "info", "--index", _folder.Of("x"), "--format", "json")).Done().Output.ShouldContain("\"vectors\":2");
    }

    [Fact]
    public async Task What_a_terminal_obeys_is_escaped_and_standard_input_is_read_once()
    {
        var ids = _folder.Write("ids.txt", "\u001B[2J99\n1\n");
        (await Fails("there are 2 ids", "index", "build", "--index", _folder.Of("x"), "--input", _folder.Write("t.txt", "a\n"), "--ids", ids, "--model", Recorded.Folder)).ShouldNotContain("\u001B");
        (await Fails("99999999999999999999", "index", "build", "--index", _folder.Of("x"), "--input", _folder.Of("t.txt"), "--ids", _folder.Write("big.txt", "99999999999999999999\n"), "--model", Recorded.Folder))
            .ShouldContain("big.txt, line 1: the id is");
        (await Fails("'\\u001B[2J'", "evaluate", "--task", "sts", "--data", _folder.Write("x.tsv", "sentence1\tsentence2\tscore\na\tb\t\u001B[2J\n"), "--model", Recorded.Folder)).ShouldNotContain("\u001B");
        await Fails("standard input: two options name it", "mine", "--input", "-", "--other", "-", "--model", Recorded.Folder);
    }

    private async Task<(string[] Index, string[] Search, string Cluster, string Mine, string Deduplicate)> Results(string texts, string name)
    {
        var (file, index) = (_folder.Of(name), _folder.Of("index-" + name));
        (await Outcome.OfAsync("index", "build", "--index", index, "--input", file)).Done();
        return (
            [.. (await Outcome.OfAsync("index", "search", "--index", index, "--queries", file, "--exact", "--top-k", "1")).Done().Lines.Select(line => string.Join('\t', line.Split('\t')[..3]))],
            (await Outcome.OfAsync("search", "--model", Recorded.Folder, "--vectors", file, "--query", "the moon c", "--top-k", "20")).Done().Lines,
            (await Outcome.OfAsync("cluster", "--input", texts, "--vectors", file)).Done().Output,
            (await Outcome.OfAsync("mine", "--input", texts, "--vectors", file, "--max-pairs", "50")).Done().Output,
            (await Outcome.OfAsync("deduplicate", "--input", texts, "--vectors", file)).Done().Output);
    }

    private static double Score(string line) => double.Parse(line.Split('\t')[1], CultureInfo.InvariantCulture);

    private static async Task<string> Fails(string problem, params string[] arguments)
    {
        var outcome = await Outcome.OfAsync(arguments);
        (outcome.ExitCode, outcome.ErrorLines.Length).ShouldBe((CommandLine.Failed, 1), string.Join(' ', arguments) + outcome.Error);
        outcome.Error.ShouldContain(problem);
        return outcome.Error;
    }

    private static byte[] Header(string type, int rows, int columns)
    {
        var header = Encoding.ASCII.GetBytes($"{{'descr': '{type}', 'fortran_order': False, 'shape': ({rows}, {columns}), }}".PadRight(117) + "\n");
        return [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. header];
    }
}
