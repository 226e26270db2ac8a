using System.IO.Compression;
using Semblance.Tokenizers;

namespace Semblance.Cli.Tests.Commands;

public class TrainVocabularyCommandTests
{
    private const string English = "The runner runs and the dog runs.\nRunners run with dogs.\n";
    private const string Chinese = "我爱北京。我爱你。\n";

    [Fact]
    public async Task A_tokenizer_is_learned_from_several_texts()
    {
        using var folder = new TemporaryFolder();
        var output = folder.Of("tokenizer");
        var packed = folder.Write("zh.txt.gz", Packed(Chinese));
        var outcome = (await Outcome.OfAsync("train-vocabulary", "--input", folder.Write("en.txt", English), packed, "--output", output, "--vocab-size", "43")).Done();
        outcome.Output.ShouldBe(output + "\n");
        outcome.ErrorLines.ShouldHaveSingleItem().ShouldStartWith("22 words, 16 distinct; 43 tokens in ");
        folder.Files.ShouldBe(["en.txt", .. Files("tokenizer"), "zh.txt.gz"], ignoreOrder: true);
        var tokenizer = Tokenizer.Load(output);
        tokenizer.VocabularySize.ShouldBe(43);
        tokenizer.Encode("THE RUNNER 我").Tokens.ShouldBe(["[CLS]", "the", "runner", "我", "[SEP]"]);
        (await Outcome.OfAsync("init", "--output", folder.Of("model"), "--vocab", Path.Combine(output, "vocab.txt"), "--layers", "1", "--hidden-size", "12")).Done();
    }

    [Fact]
    public async Task Case_is_kept_where_it_is_asked_for()
    {
        using var folder = new TemporaryFolder();
        var outcome = (await Outcome.WithInputAsync(English, "train-vocabulary", "--input", "-", "--output", folder.Of("t"), "--cased", "--min-frequency", "1")).Done();
        Tokenizer.Load(folder.Of("t")).Encode("Runners").Tokens.ShouldBe(["[CLS]", "Runners", "[SEP]"]);
        outcome.ErrorLines[1].ShouldStartWith("note: the texts have too few frequent pieces for 30,000 tokens");
    }

    [Fact]
    public async Task The_same_texts_give_the_same_files()
    {
        using var folder = new TemporaryFolder();
        var (one, other) = (folder.Write("1.txt", English), folder.Write("2.txt", Chinese));
        (await Outcome.OfAsync("train-vocabulary", "--input", one, "--input", other, "--output", folder.Of("a"))).Done();
        (await Outcome.OfAsync("train-vocabulary", "--input", other, one, "--output", folder.Of("b"))).Done();
        foreach (var (a, b) in Files("a").Zip(Files("b")))
        {
            File.ReadAllBytes(folder.Of(a)).ShouldBe(File.ReadAllBytes(folder.Of(b)));
        }
    }

    [Theory]
    [InlineData("/no/such/file.txt", "out", "30", "/no/such/file.txt: there is no such file")]
    [InlineData("empty.txt", "out", "30", "empty.txt: the input has no words")]
    [InlineData("damaged.gz", "out", "30", "damaged.gz: the file does not begin as gzip does")]
    [InlineData("in.txt", "in.txt", "30", "in.txt: this is a file; choose a folder.")]
    [InlineData("in.txt", "out", "5", "VocabularySize is 5, expected 6 or more.")]
    public async Task What_goes_wrong_is_one_sentence(string input, string output, string size, string told)
    {
        using var folder = new TemporaryFolder();
        folder.Write("in.txt", English);
        folder.Write("empty.txt", " \n\n");
        folder.Write("damaged.gz", "no gzip at all");
        var before = folder.Files;
        var outcome = await Outcome.OfAsync("train-vocabulary", "--input", Path.Combine(folder.Path, input), "--output", folder.Of(output), "--vocab-size", size);
        (outcome.ExitCode, outcome.Output).ShouldBe((1, ""));
        outcome.ErrorLines.ShouldHaveSingleItem().ShouldContain(told);
        folder.Files.ShouldBe(before);
    }

    [Theory]
    [InlineData("--output", "x")]
    [InlineData("--input", "x")]
    [InlineData("--input", "x", "--output", "y", "--vocab-size", "many")]
    public async Task A_wrong_command_line_is_exit_code_two(params string[] arguments) =>
        (await Outcome.OfAsync(["train-vocabulary", .. arguments])).ExitCode.ShouldBe(2);

    private static string[] Files(string folder) =>
        [.. ((string[])["special_tokens_map.json", "tokenizer.json", "tokenizer_config.json", "vocab.txt"]).Select(name => Path.Combine(folder, name))];

    private static byte[] Packed(string text)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal))
        {
            gzip.Write(System.Text.Encoding.UTF8.GetBytes(text));
        }

        return packed.ToArray();
    }
}
