using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Semblance.Cli.Tests;

/// <summary>Model folders with one file that a stranger damaged or made to do harm: a result, or one line that names the file.</summary>
public class HostileFileTests
{
    private static readonly (string Kind, Func<string, byte[]> Make)[] Damages =
    [
        ("empty", _ => []),
        ("cut", text => Encoding.UTF8.GetBytes(text[..(text.Length / 2)])),
        ("bad byte in a string", text => [.. Encoding.UTF8.GetBytes(text[..(text.IndexOf('"', StringComparison.Ordinal) + 1)]), 0xFF, .. Encoding.UTF8.GetBytes(text[(text.IndexOf('"', StringComparison.Ordinal) + 1)..])]),
        ("half of a surrogate pair in a name", text => Encoding.UTF8.GetBytes(text.Insert(text.IndexOf('"', StringComparison.Ordinal) + 1, "\\ud800"))),
        ("half of a surrogate pair in a value", text => Encoding.UTF8.GetBytes(text.Insert(text.LastIndexOf('"'), "\\udc00"))),
        ("UTF-16", text => [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(text)]),
        ("gzip", text => Zipped(Encoding.UTF8.GetBytes(text))),
        ("deep", _ => Encoding.UTF8.GetBytes(new string('[', 100_000))),
        ("deep in a member", _ => Encoding.UTF8.GetBytes($"{{\"a\": {string.Concat(Enumerable.Repeat("{\"a\": ", 100_000))}")),
        ("another kind", text => text.TrimStart()[0] == '[' ? "{}"u8.ToArray() : "[]"u8.ToArray()),
        ("null", _ => "null"u8.ToArray()),
        ("zeros", text => new byte[text.Length]),
    ];

    public static TheoryData<string, string> Files
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var fixture in (string[])["st/cls-dense", "st/multi-pool-layernorm", "st/splade", "st/cross-encoder"])
            {
                foreach (var file in Directory.EnumerateFiles(Fixtures.Own(fixture), "*.json", SearchOption.AllDirectories))
                {
                    if (!Path.GetFileName(file).StartsWith("expected", StringComparison.Ordinal))
                    {
                        data.Add(fixture, Path.GetRelativePath(Fixtures.Own(fixture), file));
                    }
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public async Task A_damaged_settings_file_is_named_in_one_line(string fixture, string file)
    {
        using var folder = new TemporaryFolder();
        var model = folder.Copy(fixture);
        var path = Path.Combine(model, file);
        var text = File.ReadAllText(path);
        foreach (var (kind, make) in Damages)
        {
            File.Delete(path);
            File.WriteAllBytes(path, make(text));
            foreach (var outcome in (Outcome[])[await Outcome.OfAsync("info", "--model", model), await UseAsync(fixture, model)])
            {
                if (outcome.ExitCode == CommandLine.Failed)
                {
                    outcome.ErrorLines.Length.ShouldBe(1, kind);
                    outcome.Error.ShouldNotContain("unexpected", Case.Sensitive, kind);
                    outcome.Error.ShouldContain(Path.GetFileName(file), Case.Sensitive, kind);
                }
                else
                {
                    outcome.ExitCode.ShouldBe(CommandLine.Done, kind); // a file that the model does not need
                }
            }
        }
    }

    [Theory]
    [InlineData("1_Pooling/config.json", "{\"word_embedding_dimension\": 1e999, \"pooling_mode_mean_tokens\": true}", "1_Pooling/config.json")]
    [InlineData("config.json", "{\"model_type\": \"bert\", \"vocab_size\": 2147483647}", "'vocab_size' is 2147483647")]
    [InlineData("sentence_bert_config.json", "{\"max_seq_length\": -1}", "max_seq_length")]
    [InlineData("config_sentence_transformers.json", "{\"prompts\": {\"a\": 1}}", "prompts")]
    public async Task A_value_that_is_not_possible_is_named(string file, string content, string problem)
    {
        using var folder = new TemporaryFolder();
        var model = folder.Copy("st/cls-dense");
        File.Delete(Path.Combine(model, file));
        File.WriteAllText(Path.Combine(model, file), content);
        var outcome = await UseAsync("st/cls-dense", model);
        outcome.ExitCode.ShouldBe(CommandLine.Failed);
        outcome.Error.ShouldContain(problem);
        outcome.Error.ShouldNotContain("unexpected");
    }

    [Fact]
    public async Task Weights_that_are_not_finite_are_named_with_the_file()
    {
        using var folder = new TemporaryFolder();
        var model = folder.Copy("st/cls-dense");
        foreach (var file in (string[])["model.safetensors", "2_Dense/model.safetensors"])
        {
            var path = Path.Combine(model, file);
            var good = File.ReadAllBytes(path);
            var bad = (byte[])good.Clone();
            BinaryPrimitives.WriteSingleLittleEndian(bad.AsSpan(bad.Length - 4), float.NaN);
            File.Delete(path);
            File.WriteAllBytes(path, bad);
            var outcome = await UseAsync("st/cls-dense", model);
            outcome.ExitCode.ShouldBe(CommandLine.Failed);
            outcome.Error.ShouldContain("has a value that is not finite");
            outcome.Error.ShouldContain(file);
            File.WriteAllBytes(path, good);
        }
    }

    [Fact]
    public async Task A_message_is_cut_off_where_a_file_made_it_long()
    {
        using var folder = new TemporaryFolder();
        var model = folder.Copy("st/cls-dense");
        File.Delete(Path.Combine(model, "modules.json"));
        File.WriteAllText(Path.Combine(model, "modules.json"), $$"""[{"idx": 0, "path": "", "type": "{{new string('x', 100_000)}}"}]""");
        var outcome = await UseAsync("st/cls-dense", model);
        outcome.ExitCode.ShouldBe(CommandLine.Failed);
        outcome.Error.Length.ShouldBeLessThan(4100);
        outcome.Error.ShouldContain("xxx … xxx");
    }

    [Fact]
    public async Task A_batch_of_a_width_of_zero_is_refused()
    {
        using var folder = new TemporaryFolder();
        var header = """{"input_ids":{"dtype":"I64","shape":[2147483647,0],"data_offsets":[0,0]}}"""u8.ToArray();
        var input = folder.Write("in.safetensors", [.. BitConverter.GetBytes((long)header.Length), .. header]);
        var outcome = await Outcome.OfAsync("forward", "--model", Fixtures.Own("st/cls-dense"), "--input", input, "--output", folder.Of("out.safetensors"));
        outcome.ExitCode.ShouldBe(CommandLine.Failed);
        outcome.Error.ShouldContain("with a width of at least 1");
    }

    private static Task<Outcome> UseAsync(string fixture, string model) => fixture.Contains("cross-encoder", StringComparison.Ordinal)
        ? Outcome.WithInputAsync("a\tb\n", "predict", "--model", model)
        : Outcome.WithInputAsync("a\n", "encode", "--model", model);

    private static byte[] Zipped(byte[] bytes)
    {
        var memory = new MemoryStream();
        using (var zip = new GZipStream(memory, CompressionLevel.Fastest, leaveOpen: true))
        {
            zip.Write(bytes);
        }

        return memory.ToArray();
    }
}
