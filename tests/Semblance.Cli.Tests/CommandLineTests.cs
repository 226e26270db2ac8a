using System.Text;

namespace Semblance.Cli.Tests;

/// <summary>What goes wrong is told in one line with the right exit code, and leaves nothing behind.</summary>
public class CommandLineTests
{
    private static readonly string Model = Fixtures.Own("st/mean-normalize");

    [Theory]
    [InlineData("encode", "--no-such-option")]
    [InlineData("encode", "--output", "vectors.csv")]
    [InlineData("encode", "--output", "vectors")]
    [InlineData("encode", "--batch-tokens", "0")]
    [InlineData("encode", "--threads", "two")]
    [InlineData("encode", "--dimensions", "99999999999")]
    [InlineData("encode", "--precision", "float8")]
    [InlineData("encode", "--precision", "1")]
    [InlineData("mine", "--threshold", "NaN")]
    [InlineData("forward", "--input", "a.safetensors")]
    [InlineData("forward", "--input", "a.safetensors", "--output", "b.npy")]
    [InlineData("init")]
    [InlineData("init", "--output", "x", "--heads", "x")]
    [InlineData("init", "--output", "x", "--hidden-size", "0")]
    [InlineData("init", "--output", "x", "--seed", "1.5")]
    [InlineData("no-such-command")]
    [InlineData("download")]
    public async Task A_wrong_command_line_is_exit_code_two(params string[] arguments)
    {
        var outcome = await Outcome.OfAsync(arguments);
        (outcome.ExitCode, outcome.Output).ShouldBe((2, ""));
        outcome.ErrorLines.ShouldHaveSingleItem().ShouldStartWith("semblance");
        outcome.Error.ShouldContain("--help'.");
        outcome.Error.ShouldNotContain("System.");
    }

    [Theory]
    [InlineData("semblance: There is no command or argument 'encod'. Did you mean 'encode'?", "encod")]
    [InlineData("semblance: There is no command or argument 'serach'. Did you mean 'search'?", "serach")]
    [InlineData("semblance index: There is no command or argument 'bild'. Did you mean 'build'?", "index", "bild")]
    [InlineData("semblance encode: There is no option '--inptu'. Did you mean '--input'?", "encode", "--inptu")]
    [InlineData("semblance encode: There is no option '--chunk_size'. Did you mean '--chunk-size'?", "encode", "--chunk_size", "3")]
    [InlineData("semblance encode: There is no option '--trunc'. Did you mean '--truncation'?", "encode", "--trunc", "cut")]
    [InlineData("semblance info: The option '--model' comes before the command; it follows the command's name.", "--model", "x", "info")]
    [InlineData("semblance: There is no command or argument 'xyzzy'.", "xyzzy")]
    [InlineData("semblance encode: --truncation is 'chnuk'; it can be cut, error, chunk. Did you mean 'chunk'?", "encode", "--truncation", "chnuk")]
    [InlineData("semblance cluster: --method is 'foo'; it can be communities, kmeans, agglomerative, hdbscan.", "cluster", "--method", "foo")]
    [InlineData("semblance evaluate: --tasks has 'stss'; it can have sts, pairs, triplets, transfer, nli, centroid, retrieval, paraphrase-mining, bitext, clustering. Did you mean 'sts'?", "evaluate", "--suite", ".", "--tasks", "stss")]
    [InlineData("semblance evaluate: --methods has 'foo'; it can have model, bm25, hybrid, rerank, sparse, tokens.", "evaluate", "--suite", ".", "--methods", "foo")]
    [InlineData("semblance map: --perplexity needs a number from 1 on, not '-5'.", "map", "--perplexity", "-5")]
    [InlineData("semblance distill-static: --sif needs a number from 0 to 1, not '2'.", "distill-static", "--output", "x", "--sif", "2")]
    [InlineData("semblance index build: --m needs a whole number from 2 to 256, not '1'.", "index", "build", "--index", "i", "--input", "x", "--m", "1")]
    [InlineData("semblance serve: --urls has 'localhost:80'; write addresses such as http://localhost:8080, separated by semicolons.", "serve", "--urls", "localhost:80")]
    [InlineData("semblance serve: --cors has 'example.org'; write an origin such as https://example.org, or * for all.", "serve", "--cors", "example.org")]
    [InlineData("semblance serve: --deadline needs a whole number from 1 on, not '0'.", "serve", "--deadline", "0")]
    [InlineData("semblance generate: --temperature needs a number above 0, not '0'.", "generate", "--model", "x", "--temperature", "0")]
    public async Task A_mistake_is_explained_and_a_typo_gets_a_suggestion(string problem, params string[] arguments)
    {
        var outcome = await Outcome.OfAsync(arguments);
        (outcome.ExitCode, outcome.Output).ShouldBe((2, ""));
        outcome.ErrorLines.ShouldHaveSingleItem().ShouldStartWith(problem + " See '");
    }

    [Fact]
    public async Task A_task_that_does_not_exist_gets_those_that_do()
    {
        var outcome = await Outcome.OfAsync("evaluate", "--task", "foo");
        (outcome.ExitCode, outcome.Output).ShouldBe((2, ""));
        outcome.Error.ShouldStartWith("semblance evaluate: --task is 'foo'; it can be sts, pairs, triplets,");
    }

    // Whatever an option is given, the answer is an explanation.
    [Fact]
    public async Task No_value_of_any_option_ends_in_an_unexpected_fault()
    {
        using var folder = new TemporaryFolder();
        var missing = folder.Of("missing");
        foreach (var (path, command) in Commands(CommandLine.Root(new Host(Stream.Null, Stream.Null, TextWriter.Null)), []))
        {
            foreach (var option in command.Options.Where(option => option.Name.StartsWith("--", StringComparison.Ordinal) && option.Arity.MaximumNumberOfValues > 0))
            {
                foreach (var value in (string[])["foo", "-1", "0", "NaN", "99999999999", ""])
                {
                    // What else the command requires is given, as files that do not exist.
                    var others = command.Options.Where(other => other.Required && other != option).SelectMany(other => (string[])[other.Name, missing]);
                    var texts = command.Arguments.Where(argument => argument.Arity.MinimumNumberOfValues > 0).Select(_ => missing);
                    if (option.Name is "--index" or "--output" or "--table" or "--postgres" or "--model" or "--rerank" or "--reranker" or "--cross-encoder"
                        or "--collections")
                    {
                        continue; // a folder that would be made, or a model that would be downloaded
                    }

                    var outcome = await Outcome.OfDefaultAsync(Model, "", [.. path, .. texts, .. others, option.Name, value]);
                    outcome.Error.ShouldNotContain("unexpected", Case.Sensitive, $"{string.Join(' ', path)} {option.Name} {value}");
                }
            }
        }

        static IEnumerable<(string[] Path, System.CommandLine.Command Command)> Commands(System.CommandLine.Command command, string[] path) =>
            command.Subcommands.SelectMany(inner => Commands(inner, [.. path, inner.Name])).Append((path, command));
    }

    [Fact]
    public async Task Help_goes_to_standard_output_where_it_is_asked_for_and_else_to_standard_error()
    {
        (await Outcome.OfAsync("--help")).Done().Output.ShouldContain("encode");
        (await Outcome.OfAsync("encode", "--help")).Done().Output.ShouldContain("--batch-tokens");
        var outcome = await Outcome.OfAsync();
        (outcome.ExitCode, outcome.Output).ShouldBe((2, ""));
        outcome.Error.ShouldContain("encode");
    }

    [Fact]
    public Task A_missing_input_is_named() => FailsAsync((_, arguments) => arguments.Input = "/no/such/file.txt", "/no/such/file.txt: there is no such file");

    [Fact]
    public Task A_folder_as_input_is_named() => FailsAsync((folder, arguments) => arguments.Input = folder.Path, "this is a folder");

    [Fact]
    public Task A_missing_model_is_named() => FailsAsync((_, arguments) => arguments.Model = "./no-such-model", "./no-such-model: there is no such folder");

    [Fact]
    public Task Invalid_utf8_is_named_with_its_line() =>
        FailsAsync((folder, arguments) => folder.Write("in.txt", [.. "one\ntwo\n"u8, 0xC3, 0x28, .. "\n"u8]), "in.txt, line 3: the bytes are not UTF-8");

    [Fact]
    public Task A_damaged_gzip_file_is_named() => FailsAsync((folder, arguments) => arguments.Input = folder.Write("in.gz", "no gzip at all"), "in.gz: the file does not begin as gzip does");

    [Fact]
    public Task Truncated_weights_are_named() => FailsAsync(
        (folder, arguments) => arguments.Break(folder, "model.safetensors", path => File.WriteAllBytes(path, File.ReadAllBytes(path)[..5000])), "model.safetensors");

    [Fact]
    public Task A_hostile_pickle_is_refused() => FailsAsync(
        (folder, arguments) => arguments.Break(folder, "model.safetensors", path =>
        {
            File.Delete(path);
            File.WriteAllBytes(path.Replace("model.safetensors", "pytorch_model.bin", StringComparison.Ordinal), Encoding.ASCII.GetBytes("cposix\nsystem\n(S'touch pwned'\ntR."));
        }),
        "pytorch_model.bin");

    [Fact]
    public Task An_unknown_architecture_is_named() => FailsAsync((folder, arguments) => arguments.Edit(folder, "\"model_type\": \"bert\"", "\"model_type\": \"mamba\""), "mamba");

    [Fact]
    public Task An_absurd_configuration_is_named() => FailsAsync((folder, arguments) => arguments.Edit(folder, "\"hidden_size\": 32", "\"hidden_size\": 2000000000"), "hidden_size");

    [Fact]
    public Task A_configuration_that_is_no_json_is_named() => FailsAsync((folder, arguments) => arguments.Edit(folder, "{", "<"), "config.json");

    [Fact]
    public Task An_unknown_prompt_is_named() => FailsAsync((_, arguments) => arguments.More = ["--prompt-name", "nonsense"], "nonsense");

    [Fact]
    public Task More_dimensions_than_there_are_is_told() => FailsAsync((_, arguments) => arguments.More = ["--dimensions", "33"], "32");

    [Fact]
    public Task A_missing_output_folder_is_named() => FailsAsync((folder, arguments) => arguments.Output = folder.Of("no/out.npy"), "does not exist; create it");

    [Fact]
    public Task An_output_that_is_a_folder_is_named() => FailsAsync((folder, arguments) => arguments.Output = Directory.CreateDirectory(folder.Of("out.npy")).FullName, "this is a folder");

    [Fact]
    public async Task An_output_that_cannot_be_written_is_named()
    {
        if (OperatingSystem.IsLinux())
        {
            await FailsAsync((_, arguments) => arguments.Output = "/proc/out.npy", "/proc/out.npy: the file cannot be written"); // nobody may
        }
    }

    [Fact]
    public async Task An_unexpected_fault_asks_for_a_report()
    {
        Failure.Describe(new InvalidOperationException("two\nlines.")).ShouldBe("unexpected InvalidOperationException: two lines. Please report this, with the command line.");
        var stopped = new CancellationToken(canceled: true);
        var host = new Host(new MemoryStream("a\n"u8.ToArray()), new MemoryStream(), new StringWriter());
        (await CommandLine.RunAsync(["encode", "--model", Model], host, stopped)).ShouldBe(CommandLine.Stopped);
    }

    // Runs 'encode' with something wrong: one line that says what, and no file more than before.
    private static async Task FailsAsync(Action<TemporaryFolder, Arguments> spoil, string told)
    {
        using var folder = new TemporaryFolder();
        var arguments = new Arguments { Model = Model, Input = folder.Write("in.txt", "one\ntwo\n"), Output = folder.Of("out.npy") };
        spoil(folder, arguments);
        var before = folder.Files;
        var outcome = await Outcome.OfAsync(["encode", "--model", arguments.Model, "--input", arguments.Input, "--output", arguments.Output, .. arguments.More]);
        (outcome.ExitCode, outcome.Output).ShouldBe((1, ""));
        var line = outcome.ErrorLines.ShouldHaveSingleItem();
        line.ShouldStartWith("semblance: ");
        line.ShouldContain(told);
        line.ShouldNotContain("unexpected");
        line.ShouldNotContain("Parameter");
        folder.Files.ShouldBe(before);
    }

    private sealed class Arguments
    {
        public required string Model { get; set; }

        public required string Input { get; set; }

        public required string Output { get; set; }

        public string[] More { get; set; } = [];

        public void Break(TemporaryFolder folder, string file, Action<string> how)
        {
            Model = folder.Copy("st/mean-normalize");
            how(Path.Combine(Model, file));
        }

        public void Edit(TemporaryFolder folder, string old, string replacement) => Break(folder, "config.json", path =>
        {
            var text = File.ReadAllText(path);
            text.ShouldContain(old);
            File.WriteAllText(path, text.Replace(old, replacement, StringComparison.Ordinal));
        });
    }
}
